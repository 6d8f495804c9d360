"""Every store body of a data folder: whether its plug-in reads it, and if not, why."""

from collections import Counter
from datetime import datetime
from pathlib import Path

from porchlight.domain.errors import PorchlightError
from porchlight.plugins import STORES as PLUGINS

from tools.conformance.figures import StoreFigures
from tools.replay.samples import STORES, Sample, samples


def read_stores(folder: Path, now: datetime) -> dict[str, StoreFigures]:
    """By store: deliveries, how many were read, said nothing of an order, or were refused, and the reasons."""
    if not (folder / STORES / "index.jsonl").is_file():
        return {}
    given = [one for one in samples(folder) if one.family == STORES]
    return {vendor: _store([one for one in given if one.vendor == vendor], now) for vendor in sorted(_vendors(given))}


def _vendors(given: list[Sample]) -> set[str]:
    return {one.vendor for one in given if one.vendor in PLUGINS.codes()}


def _store(given: list[Sample], now: datetime) -> StoreFigures:
    outcomes = [_outcome(one, now) for one in given]
    kinds = Counter(kind for kind, _ in outcomes)
    reasons = Counter(reason for kind, reason in outcomes if kind == "refused")
    return StoreFigures(
        deliveries=len(given),
        read=kinds["read"],
        nothing=kinds["nothing"],
        refused=kinds["refused"],
        reasons=dict(sorted(reasons.items())),
    )


def _outcome(one: Sample, now: datetime) -> tuple[str, str]:
    try:
        news = PLUGINS.get(one.vendor).parse(one.topic, one.body, received_at=now)
    except PorchlightError as error:
        return "refused", f"{type(error).__name__}: {error}"
    return ("read" if news else "nothing"), ""
