"""What became of each sample, and the report per vendor."""

from collections import Counter
from dataclasses import dataclass, field

from tools.replay.samples import Sample

CRASHES = ("Traceback", "Task timed out", "Runtime exited", "[ERROR]")


@dataclass(slots=True)
class Fate:
    """One sample's way.

    Attributes:
        status: HTTP answer to a delivery; 0 for an answer to a poll.
        refused: Why its content could not be read; empty when it could.
        understood: Content was read, and what it says is stored, or needs no storing.
        recorded: A topic that nobody here reads; counted and done with.
    """

    sample: Sample
    status: int = 0
    delivery: str = ""
    order_id: str = ""
    refused: str = ""
    understood: bool = False
    recorded: bool = False

    @property
    def accepted(self) -> bool:
        """It was kept, or asked for and received."""
        return self.status == 202 or (self.sample.is_answer and self.status == 0)  # noqa: PLR2004 HTTP

    @property
    def no_plugin(self) -> bool:
        """Nobody here knows its vendor."""
        return self.status == 404  # noqa: PLR2004 HTTP


@dataclass(slots=True)
class Findings:
    """What the stack said while it worked.

    Attributes:
        unmapped: Codes no table knows, by vendor.
        unexplained: Dead letters without a reason.
        crashes: Log lines of functions that failed.
    """

    unmapped: dict[str, Counter[str]] = field(default_factory=dict)
    unexplained: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)

    def hear(self, record: dict[str, object]) -> None:
        """Take note of one log record."""
        message = str(record.get("message", ""))
        if any(word in message for word in CRASHES) or "errorMessage" in record:
            self.crashes.append(f"{record.get('group')}: {message[:300]}")
        elif message == "carrier code not mapped":
            self.unmapped.setdefault(str(record["carrier"]), Counter())[str(record["vendor_code"])] += 1


def report(fates: list[Fate], findings: Findings) -> dict[str, object]:
    """The last line: totals, then vendor by vendor."""
    vendors: dict[str, list[Fate]] = {}
    for fate in fates:
        vendors.setdefault(f"{fate.sample.family}/{fate.sample.vendor}", []).append(fate)
    lost = [fate.sample.file for fate in fates if not (fate.no_plugin or fate.accepted)]
    return {
        "clean": not (findings.crashes or findings.unexplained or lost or _silent(fates)),
        "sent": len(fates),
        "accepted": sum(fate.accepted for fate in fates),
        "understood": sum(fate.understood for fate in fates),
        "recorded_as_unknown": sum(fate.recorded for fate in fates),
        "no_plugin": sum(fate.no_plugin for fate in fates),
        "rejected": sum(bool(fate.refused) for fate in fates),
        "crashes": findings.crashes,
        "unexplained": findings.unexplained + [f"{file}: not accepted" for file in lost] + _silent(fates),
        "vendors": {name: _vendor(own, findings) for name, own in sorted(vendors.items())},
    }


def _silent(fates: list[Fate]) -> list[str]:
    """Accepted, yet neither understood nor refused: lost on the way."""
    ends = ((fate.sample.file, fate.understood or fate.recorded or fate.refused) for fate in fates if fate.accepted)
    silent = (file for file, end in ends if not end)
    return [f"{file}: accepted, then nothing" for file in silent]


def _vendor(fates: list[Fate], findings: Findings) -> dict[str, object]:
    name = fates[0].sample.vendor
    if all(fate.no_plugin for fate in fates):
        return {"sent": len(fates), "answer": "404, no plug-in"}
    own: dict[str, object] = {
        "sent": len(fates),
        "accepted": sum(fate.accepted for fate in fates),
        "understood": sum(fate.understood for fate in fates),
        "unmapped_codes": dict(findings.unmapped.get(name, {})),
        "rejected": {fate.sample.file: fate.refused for fate in fates if fate.refused},
    }
    recorded = Counter(fate.sample.topic for fate in fates if fate.recorded)
    if recorded:
        own["topics_recorded_as_unknown"] = dict(recorded)
    return own
