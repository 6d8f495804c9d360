"""The result as markdown, printed and kept in docs/simulation.md between two marks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.simulate.assumptions import FEED, SHOPPER, table
from tools.simulate.report import FIGURES, NOTHING, OURS, STATUS, Estimated, Shares

BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"
_COLUMNS = (NOTHING, STATUS, OURS, f"ours_less_{NOTHING}", f"ours_less_{STATUS}")


def result_lines(results: Mapping[str, Mapping[str, Estimated]], shares: Mapping[str, Shares]) -> list[str]:
    """The comparison."""
    lines = [
        "| 95 % intervals | nothing sent | one per status change | ours | ours − nothing | ours − per status |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in results.items():
        lines.append("| " + " | ".join([FIGURES[name].words, *(row[one].as_text() for one in _COLUMNS)]) + " |")
    three = [shares[one] for one in _COLUMNS[:3]]
    bad, late = [_percent(one.bad_of_reviews) for one in three], [_percent(one.late_of_warned) for one in three]
    lines.append("| bad ones of all reviews | " + " | ".join(bad) + " | | |")
    return [*lines, "| of orders warned before the promised day, came late | " + " | ".join(late) + " | | |"]


def _percent(share: float | None) -> str:
    return f"{100 * share:.1f} %" if share is not None else "none"


def variant_lines(variants: Mapping[str, Mapping[str, Mapping[str, Estimated]]]) -> list[str]:
    """The same orders, or the first of them, with other shoppers."""
    lines = [
        "| shoppers | contacts per 100 orders: nothing | per status | ours | ours − nothing | ours − per status |",
        "|---|---|---|---|---|---|",
    ]
    for name, results in variants.items():
        row = results["contacts"]
        lines.append("| " + " | ".join([name, *(row[one].as_text() for one in _COLUMNS)]) + " |")
    return lines


def assumption_lines() -> list[str]:
    """Every assumption with its source."""
    return [*table(SHOPPER), "", *table(FEED)]


def kind_lines(kinds: Mapping[str, Mapping[str, int]], orders: int) -> list[str]:
    """Messages by kind, before anybody stops them."""
    lines = ["| strategy | messages per 100 orders |", "|---|---|"]
    for strategy, counts in kinds.items():
        told = ", ".join(f"{kind} {100 * count / orders:.1f}" for kind, count in sorted(counts.items()))
        lines.append(f"| {strategy} | {told or 'none'} |")
    return lines


def write(page: Path, lines: Sequence[str]) -> None:
    """Put the lines between the marks. Raises `ValueError` for a page without them."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"{page}: has no place for generated lines"
        raise ValueError(message)
    page.write_text(before + begin + "\n\n" + "\n".join(lines) + "\n\n" + end + after, encoding="utf-8")
