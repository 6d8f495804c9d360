"""`python -m tools.conformance.matrix`: docs/carriers.md, from the plug-ins and the last published run.

In: `page.md`, whose names in braces are filled in, and docs/conformance.json. Out: the page on standard output.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml
from porchlight.carriers._roles import Unregistered
from porchlight.domain.carrier_names import AGGREGATORS
from porchlight.domain.exchange import Budget, Trust
from porchlight.domain.status import Action, Responsible, SubStatus, action_for, responsible_for
from porchlight.plugins import CARRIERS, Carrier

from tools.conformance import report
from tools.conformance.exceptions import documented
from tools.conformance.figures import Figures, StoreFigures
from tools.conformance.words import OURS, vocabularies

HERE = Path(__file__).parent
PUBLISHED = HERE.parents[1] / "docs" / "conformance.json"
TRUST = {
    None: "",
    Trust.BODY_AND_TIME: "signed with its time: acts at once",
    Trust.BODY: "signed: acts",
    Trust.HINT: "a hint",
}
_UNITS = {1: "a second", 60: "a minute", 3_600: "an hour", 86_400: "a day"}


def page() -> str:
    """The whole page. Raises `OSError` and `ValueError` when a file of it can not be read."""
    run = Figures.model_validate_json(PUBLISHED.read_bytes())
    plugins = [CARRIERS.get(code) for code in CARRIERS.codes()]
    where = yaml.safe_load((HERE / "connect.yaml").read_text(encoding="utf-8"))
    return (
        (HERE / "page.md")
        .read_text(encoding="utf-8")
        .format(
            reached=_table(
                "carrier | code | poll | push | registration | calls | times are printed | checked",
                map(_reached, plugins),
            ),
            told=_table(
                "carrier | codes | reasons it can tell | who may have to act | what shoppers may be asked to do",
                map(_told, plugins),
            ),
            connecting=_table(
                "code | asks for | where it is found", (_connecting(one, where[one.code]) for one in plugins)
            ),
            read=run.read,
            bodies=run.bodies,
            not_covered=", ".join(run.not_covered),
            target=f"{report.STATUS_TARGET:.0%}",
            share=f"{run.status_share:.1%}",
            conformance=_conformance(run),
            stores=_table("store | deliveries | read | not about an order | refused | why", _stores(run.stores)),
            exceptions=_table("bodies | fields | they say | we say | why", _exceptions()),
            words=_table("source | their word, ours | why several", _words()),
        )
    )


def _table(head: str, rows: Iterable[str]) -> str:
    line = "|---" * (head.count("|") + 1) + "|"
    return "\n".join([f"| {head} |", line, *(f"| {row} |" for row in rows)])


def _row(*cells: object) -> str:
    return " | ".join(str(cell).replace("|", r"\|") for cell in cells)


def _reached(plugin: Carrier) -> str:
    kind = f"{plugin.name} (aggregator)" if plugin.code in AGGREGATORS else plugin.name
    registers = "" if isinstance(plugin, Unregistered) else "yes"
    polls = "yes" if plugin.credential_fields else ""
    return _row(
        kind,
        f"`{plugin.code}`",
        polls,
        TRUST[plugin.trust],
        registers,
        _calls(plugin.budget),
        plugin.clock.value,
        plugin.checked_on,
    )


def _calls(budget: Budget) -> str:
    unit = _UNITS.get(int(budget.seconds))
    return f"{budget.calls} {unit}" if unit else f"{budget.calls} in {budget.seconds:.0f} s"


def _told(plugin: Carrier) -> str:
    readings = set(plugin.readings.values())
    reasons = {reason for _, reason in readings} - {SubStatus.NONE}
    parties = {responsible_for(*reading) for reading in readings} - {Responsible.NOBODY}
    actions = {action_for(*reading) for reading in readings} - {Action.NONE}
    told = _plain(SubStatus, reasons), _plain(Responsible, parties), _plain(Action, actions)
    return _row(f"`{plugin.code}`", len(plugin.readings), *told)


def _plain(order: Iterable[str], found: Iterable[str]) -> str:
    """In the order of the enumeration, in words."""
    present = set(found)
    return ", ".join(one.replace("_", " ") for one in map(str, order) if one in present)


def _connecting(plugin: Carrier, where: str) -> str:
    secret = ["webhook secret"] if plugin.trust else []
    fields = [name.replace("_", " ") for name in plugin.credential_fields]
    return _row(f"`{plugin.code}`", ", ".join([*secret, *fields]), where)


def _conformance(run: Figures) -> str:
    carriers = {code: entry.fields for code, entry in run.carriers.items()}
    bodies = {code: entry.bodies for code, entry in run.carriers.items()}
    return report.table(carriers | {"all": run.fields}, bodies | {"all": run.read})


def _stores(stores: Mapping[str, StoreFigures]) -> Iterator[str]:
    for store, found in stores.items():
        told = ", ".join(f"{reason.partition(': ')[2]} ({count})" for reason, count in found.reasons.items())
        yield _row(f"`{store}`", found.deliveries, found.read, found.nothing, found.refused, told)


def _exceptions() -> Iterator[str]:
    for rule in documented().rules:
        names = ", ".join(f"`{name}`" for name in (*rule.samples, *filter(None, [rule.also])))
        yield _row(names, ", ".join(rule.fields), ", ".join(rule.theirs), ", ".join(rule.ours), rule.why)


def _words() -> Iterator[str]:
    for name, vocabulary in vocabularies().items():
        words = [f"`{word}` {readings.replace(' ', ' or ')}" for word, readings in vocabulary.words.items()]
        reasons = [f"`{word}`: {why}" for word, why in vocabulary.why.items()]
        if name != OURS:
            yield _row(name.replace("_", " "), "; ".join(words), "; ".join(reasons))


if __name__ == "__main__":
    print(page(), end="")
