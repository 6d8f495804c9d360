"""`python -m tools.simulate.lanes orders.csv.gz`: how often a quiet lane would be called a storm.

Hand-over and arrival are those of the file (columns `purchased_at`, `handed_to_carrier_at`, `delivered_at`,
`promised_date`, `customer_state`); the scans in between are drawn as `lives.py` draws them, and nothing stands still
but by chance. Lanes are the whole file and each state with enough parcels. The last line is one JSON list;
docs/decisions/0014-storms.md shows it as a table.
"""

import csv
import gzip
import json
import sys
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from porchlight.domain.effects import share
from porchlight.domain.lanes import LaneParcel, half_day_end
from porchlight.domain.localities import NOWHERE
from porchlight.domain.status import Status
from porchlight.domain.storm_rules import StormRules
from porchlight.domain.storms import still_ones

from tools.simulate.assumptions import FeedModel
from tools.simulate.lives import DAY, HOUR, Life, Way, life

GAPS, THRESHOLDS, SHARES = (1.6, 0.8), (24, 36, 48), (0.30, 0.35, 0.40)
LEAST = 300
"""Parcels of a state that is looked at as a lane of its own."""
RULES = StormRules()


class Seen(NamedTuple):
    """One look at one lane."""

    still: int
    parcels: int


class Moving(NamedTuple):
    """A parcel from its hand-over to its end; `end` is `None` when it never arrives."""

    scans: tuple[datetime, ...]
    end: datetime | None

    def row(self, now: datetime) -> LaneParcel | None:
        """What it tells of its lane at a moment; `None` before and after its time."""
        if self.scans[0] > now or (self.end and self.end <= now):
            return None
        last = self.scans[bisect_right(self.scans, now) - 1]
        return LaneParcel(digest="", order_id="", still_since=half_day_end(last))


def main() -> int:
    """Command line."""
    with gzip.open(Path(sys.argv[1]), "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    print(json.dumps([measured(rows, gap, hours) for gap in GAPS for hours in THRESHOLDS]))
    return 0


def measured(rows: list[dict[str, str]], gap: float, hours: int) -> dict[str, object]:
    """Usual shares, and how many looks would have begun an incident, for each of `SHARES`."""
    rules = RULES.model_copy(update={"no_scan_for": hours * HOUR})
    seen = [one for one in _looks(_lanes(rows, gap), rules) if one.parcels >= RULES.parcels]
    shares = sorted(one.still / one.parcels for one in seen)
    return {
        "days_between_scans": gap,
        "stands_still_after_hours": hours,
        "looks": len(seen),
        "usual_share": {str(part): round(shares[int(part * (len(shares) - 1))], 2) for part in (0.5, 0.95, 0.99, 1)},
        "false_incidents": {str(least): sum(_begins(one, least) for one in seen) for least in SHARES},
    }


def _begins(seen: Seen, least: float) -> bool:
    return seen.still >= RULES.still and share(seen.still, seen.parcels).low >= least


def _looks(lanes: dict[str, list[Moving]], rules: StormRules) -> Iterator[Seen]:
    """Twice on every other day of a year, from February 2017 on."""
    for parcels in lanes.values():
        for day in range(0, 380, 2):
            for hour in (8, 20):
                now = datetime(2017, 2, 1, hour, tzinfo=UTC) + timedelta(days=day)
                told = [row for one in parcels if (row := one.row(now))]
                still, number = still_ones(told, rules, NOWHERE, now)
                yield Seen(len(still), number)


def _lanes(rows: list[dict[str, str]], gap: float) -> dict[str, list[Moving]]:
    feed, rng = FeedModel(days_between_scans=gap), Random(5)  # noqa: S311 a simulation
    lanes: dict[str, list[Moving]] = {}
    for row in rows:
        way = _way(row)
        if way:
            moving = _moving(life("1", ("0",), way, feed, rng))
            for name in ("all", row["customer_state"]):
                lanes.setdefault(name, []).append(moving)
    return {name: parcels for name, parcels in lanes.items() if name == "all" or len(parcels) >= LEAST}


def _way(row: dict[str, str]) -> Way | None:
    ordered, handed_over = _moment(row["purchased_at"]), _moment(row["handed_to_carrier_at"])
    delivered, promised = _moment(row["delivered_at"]), _moment(row["promised_date"])
    if ordered is None or handed_over is None:
        return None
    if delivered:  # a few rows arrive before they are handed over
        handed_over = min(handed_over, delivered - 2 * HOUR)
    return Way(min(ordered, handed_over - HOUR), handed_over, delivered, promised + DAY if promised else None)


def _moving(one: Life) -> Moving:
    scans = tuple(scan.at for scan in one.scans if scan.status is not Status.PRE_TRANSIT)
    return Moving(scans, one.delivered)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


if __name__ == "__main__":
    sys.exit(main())
