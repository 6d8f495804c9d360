"""A whole run over one folder: every carrier sample read and compared, every store body read."""

from collections import Counter
from datetime import datetime
from pathlib import Path

from porchlight.domain.errors import PorchlightError
from porchlight.plugins import CARRIERS

from tools.conformance import report
from tools.conformance.compare import Comparison, Finding, unknown_words
from tools.conformance.exceptions import documented
from tools.conformance.figures import CarrierFigures, Figures
from tools.conformance.reading import is_proved, read
from tools.conformance.samples import Sample, plugin_code, samples
from tools.conformance.stores import read_stores
from tools.conformance.words import Words, vocabularies


class Run:
    """What came of it. Raises `OSError` and `ValueError` when the folder can not be read.

    Args:
        folder: Holds the samples.
        now: When the bodies are said to be received.
        carrier: Plug-in code to look at alone; all when empty.
    """

    def __init__(self, folder: Path, now: datetime, carrier: str = "") -> None:
        given = samples(folder)
        self._carrier = carrier
        self._words = Words(vocabularies())
        self._exceptions = documented()
        self._left_out = sorted({one.folder for one in given if plugin_code(one.folder) not in CARRIERS.codes()})
        self._covered = [one for one in given if self._is_wanted(one)]
        self._findings: dict[str, list[Finding]] = {}
        self._refused: list[str] = []
        for sample in self._covered:
            self._look_at(sample, now)
        self._stores = {} if carrier else read_stores(folder, now)
        self._given = len(given)

    def _is_wanted(self, sample: Sample) -> bool:
        code = plugin_code(sample.folder)
        return sample.folder not in self._left_out and self._carrier in {"", code}

    def _look_at(self, sample: Sample, now: datetime) -> None:
        code = plugin_code(sample.folder)
        plugin = CARRIERS.get(code)
        outcome = read(plugin, sample, now)
        comparison = Comparison(self._words, self._exceptions)
        self._findings.setdefault(code, []).extend(comparison.findings(sample, outcome, plugin.readings))
        proved = is_proved(plugin, sample, now)
        if proved is not None:
            self._findings[code].append(comparison.signature(sample, is_right=proved))
        if isinstance(outcome, PorchlightError):
            self._refused.append(f"{sample.name} ({sample.expectation.kind}): {type(outcome).__name__}: {outcome}")

    def told(self) -> Figures:
        """The figures."""
        total = report.counts(one for found in self._findings.values() for one in found)
        stale = self._exceptions.stale({one.name for one in self._covered})
        words = {word for one in self._covered for word in unknown_words(self._words, one)}
        return Figures(
            bodies=self._given,
            read=len(self._covered),
            fields=total,
            status_share=round(report.status_share(total), 4),
            carriers={code: self._of(code) for code in sorted(self._findings)},
            not_covered=tuple(self._left_out),
            words_not_compared=tuple(sorted(words)),
            stale_exceptions=tuple(stale),
            stores=self._stores,
            clean=bool(self._covered) and report.holds(total) and not stale,
        )

    def _of(self, code: str) -> CarrierFigures:
        return CarrierFigures(bodies=self._bodies()[code], fields=report.counts(self._findings[code]))

    def _bodies(self) -> Counter[str]:
        return Counter(plugin_code(one.folder) for one in self._covered)

    def shown(self) -> str:
        """The table and the differences, for people."""
        every = [one for found in self._findings.values() for one in found]
        carriers = {code: report.counts(found) for code, found in sorted(self._findings.items())}
        told = [
            report.table(carriers | {"all": report.counts(every)}, self._bodies() | {"all": len(self._covered)}),
            *report.differences(every, report.FIELDS if self._carrier else (*report.ALL_RIGHT, *report.STATUSES)),
            *(f"refused: {line}" for line in self._refused),
            *(f"stale exception: {line}" for line in self._exceptions.stale({one.name for one in self._covered})),
            f"not covered: {', '.join(self._left_out)}",
        ]
        return "\n".join(told)
