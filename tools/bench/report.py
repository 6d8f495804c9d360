"""Writes the results: everything as JSON, and the tables of docs/benchmarks.md between their two markers."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tools.local_stack import ROOT

JSON_FILE = ROOT / "docs" / "benchmarks.json"
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured: written by `make bench` -->", "<!-- end of measured -->"

type Results = Mapping[str, Any]
TARGETS = {"WebhookIntakeFunction": 1.5, "TrackingApiFunction": 1.5, "DueReleaseFunction": 1.5}
OTHER_TARGET = 2.2


def write(results: Results) -> None:
    """Merge into the JSON file what was measured now, and renew the tables from all of it."""
    held = json.loads(JSON_FILE.read_text(encoding="utf-8")) if JSON_FILE.is_file() else {}
    held |= results
    JSON_FILE.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{tables(held)}\n\n{END}{after}", encoding="utf-8")


def tables(results: Results) -> str:
    """All tables, in the order of the page."""
    parts = {
        "machine": _machine,
        "imports": _imports,
        "throughput": _throughput,
        "decisions": _decisions,
        "calls": _calls,
        "page": _page,
    }
    return "\n\n".join("\n".join(make(results[name])) for name, make in parts.items() if name in results)


def _machine(machine: Results) -> Iterator[str]:
    yield (
        f"Measured on {machine['date']}: {machine['cores']} cores of {machine['cpu']}, {machine['memory_gb']} GB, "
        f"Python {machine['python']}, {machine['system']}."
    )


def _imports(imports: Results) -> Iterator[str]:
    code = imports["byte_code"]
    yield "### Cold start: imports"
    yield ""
    yield (
        f"Over an empty interpreter ({imports['empty_ms']:.0f} ms), median of {imports['rounds']} rounds in turn. "
        f"Valid byte code that is never checked: {code['valid']} of {code['files']} shipped files."
    )
    yield ""
    yield from _table(("function", "import ms", "of the yardstick", "target", "modules", "with its clients made"))
    functions = imports["functions"]
    for name, row in functions.items():
        if name.endswith(" ready"):
            continue
        ready = functions.get(f"{name} ready")
        target = TARGETS.get(name, OTHER_TARGET) if name.endswith("Function") else ""
        yield _row(
            name.removesuffix("Function") if ready else f"*{name}*",
            f"{row['import_ms']:.0f}",
            f"{row['ratio']:.2f}",
            f"≤ {target}" if target else "",
            row["modules"],
            f"{ready['import_ms']:.0f} ms" if ready else "",
        )


def _throughput(load: Results) -> Iterator[str]:
    yield "### Throughput of one core"
    yield ""
    yield from _table(("what", "median", "best round"))
    yield _row(
        "events a second (target 6,000)", _number(load["events_per_second"]), _number(load["events_per_second_best"])
    )
    yield _row("bodies a second", _number(load["bodies_per_second"]), _number(load["bodies_per_second_best"]))
    yield ""
    spent = ", ".join(f"{name} {value:.0f}" for name, value in load["microseconds_per_body"].items())
    yield (
        f"{load['events']} scans in {load['bodies']} bodies of five carriers, {load['rounds']} rounds. Microseconds "
        f"per body: {spent}."
    )


def _decisions(load: Results) -> Iterator[str]:
    yield "### Decisions of one core"
    yield ""
    yield from _table(("what", "median", "best round"))
    for words, name in (
        ("decisions a second, every touchpoint with a condition, all guards (target 5,000)", "decisions_per_second"),
        ("the same with every row explained", "explained_decisions_per_second"),
    ):
        yield _row(words, _number(load[name]), _number(load[f"{name}_best"]))
    yield ""
    yield (
        f"{load['decisions']} decisions for {load['orders']} orders, {load['rounds']} rounds. One look at an order "
        f"takes {load['kilobytes_per_order']} kB at its highest, beyond the order itself (median)."
    )


def _calls(calls: Results) -> Iterator[str]:
    yield "### Calls and request units"
    yield ""
    yield from _table(("average of one", "SDK calls", "reads", "read units", "writes", "write units", "queue sends"))
    names = {
        "webhook_without_decision": "webhook without a decision",
        "webhook_with_decision": "webhook with a decision, its mail included",
        "poll_without_news": "poll without news",
        "poll_with_news": "poll with news, its evaluation included",
        "page_view": "page view",
        "life": "shipment's life",
    }
    for key, name in names.items():
        one = calls[key]
        figures = (one[field] for field in ("calls", "reads", "read_units", "writes", "write_units", "queue_sends"))
        yield _row(name, *(f"{figure:.1f}" for figure in figures))
    yield ""
    yield f"A life: 8 events, 18 polls, 2 idle timers, {calls['mails']:.0f} mails, 6 views; {calls['parcels']} lives."
    yield ""
    yield from _money(calls)


def _money(calls: Results) -> Iterator[str]:
    yield "### List price of 1,000 shipments"
    yield ""
    yield from _table(("line", "USD"))
    for name, value in sorted(calls["usd_per_1000"].items(), key=lambda line: -line[1]):
        yield _row(name, f"{value:.4f}")
    yield _row("**all of Porchlight** (target 0.10)", f"**{calls['usd_per_1000_total']:.3f}**")
    for name, value in calls["usd_per_1000_by_part"].items():
        yield _row(f"of it: {name}", f"{value:.3f}")
    yield _row("the mail channel's own fee", f"{calls['usd_per_1000_mail_fee']:.2f}")
    yield ""
    yield "And what a stack costs a month by being there, whatever its orders:"
    yield ""
    yield from _table(("line", "USD"))
    for name, value in calls["usd_idle_month"].items():
        yield _row(name, f"{value:.2f}")
    yield _row("**all**", f"**{calls['usd_idle_month_total']:.2f}**")


def _page(page: Results) -> Iterator[str]:
    yield "### The tracking page"
    yield ""
    yield from _table(("what", "measured", "target"))
    yield _row("critical path, compressed, headers included", f"{page['critical_bytes'] / 1000:.1f} kB", "≤ 14 kB")
    yield _row("requests of the page itself", page["requests"], "")
    yield _row("API calls", page["api_calls"], "1")
    yield _row("answer of the API, compressed", f"{page['api_bytes'] / 1000:.1f} kB", "")
    for name, times in page["paint_ms"].items():
        yield _row(f"first / largest contentful paint, {name}", f"{times['fcp']} / {times['lcp']} ms", "")


def _table(heads: tuple[str, ...]) -> Iterator[str]:
    yield _row(*heads)
    yield _row("---", *("---:" for _ in heads[1:]))


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _number(value: float) -> str:
    return f"{value:,.0f}"
