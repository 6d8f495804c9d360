"""The figures of a run: one object for machines, one table and the differences for people."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from tools.conformance.compare import Finding, Verdict
from tools.conformance.figures import Counts

ALL_RIGHT = ("number", "delivered", "events", "refused", "signature", "listed code")
STATUSES = ("status", "event status")
FIELDS = (*ALL_RIGHT, *STATUSES, "estimate", "time", "code", "description", "place")
STATUS_TARGET = 0.98
_HEADS = (
    "numbers",
    "delivered",
    "events",
    "refused",
    "signatures",
    "listed codes",
    "statuses",
    "scans",
    "estimates",
    "times",
    "codes",
    "texts",
    "places",
)


def counts(findings: Iterable[Finding]) -> Counts:
    """Verdicts by field."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for finding in findings:
        found[finding.field][finding.verdict.value] += 1
    return {field: {verdict.value: found[field][verdict.value] for verdict in Verdict} for field in FIELDS}


def holds(total: Counts) -> bool:
    """Whether everything of `ALL_RIGHT` is right, and 98 of 100 statuses."""
    everything = all(not total[field]["wrong"] for field in ALL_RIGHT)
    return everything and status_share(total) >= STATUS_TARGET


def status_share(total: Counts) -> float:
    """Share of statuses that agree or differ for a documented reason; 1 when there is none to compare."""
    compared = sum(sum(total[field].values()) for field in STATUSES)
    return 1 - sum(total[field]["wrong"] for field in STATUSES) / compared if compared else 1.0


def table(carriers: Mapping[str, Counts], bodies: Mapping[str, int]) -> str:
    """Markdown: a carrier a row; `right`, `right+documented` where some are, of how many."""
    head = "| carrier | bodies | " + " | ".join(_HEADS) + " |"
    rows = [
        f"| {code} | {bodies[code]} | " + " | ".join(map(_cell, found.values())) + " |"
        for code, found in carriers.items()
    ]
    return "\n".join([head, "|---" * (len(_HEADS) + 2) + "|", *rows])


def _cell(verdicts: Mapping[str, int]) -> str:
    total = sum(verdicts.values())
    if not total:
        return ""
    documented = f"+{verdicts['documented']}" if verdicts["documented"] else ""
    return f"{verdicts['right']}{documented}/{total}"


def differences(findings: Iterable[Finding], fields: Iterable[str] = FIELDS) -> list[str]:
    """A line for each field that differs for no documented reason."""
    wanted = set(fields)
    return [
        f"{one.sample}: {one.field}: they say {one.theirs!r}, we say {one.ours!r}"
        for one in findings
        if one.verdict is Verdict.WRONG and one.field in wanted
    ]
