"""The shop's time, from outside: reads and moves the clock that `clock/sitecustomize.py` shows to the functions.

Time is told as hours since midnight UTC of a Monday: that of the last week without a holiday in the United States,
where parcels stall in this play, for silence is counted in business days. The week is over when it has been played, so
that pages and mails look right to a browser that lives today.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from porchlight.domain.rest_days import rests_in

FOLDER = Path(__file__).parent / "clock"
VARIABLE = "SHOP_CLOCK"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def at(day: str, clock: str) -> float:
    """Hours since the start: `at("Tue", "13:30")` is 37.5."""
    hours, minutes = clock.split(":")
    return DAYS.index(day) * 24 + int(hours) + int(minutes) / 60


def last_monday(now: datetime) -> datetime:
    """Midnight UTC of the Monday of the last usual week before that of `now`."""
    monday = datetime.combine(now.date(), time(), UTC) - timedelta(days=7 + now.weekday())
    while any(rests_in("US", "", (monday + timedelta(days=day)).date()) for day in range(5)):
        monday -= timedelta(days=7)
    return monday


@dataclass(frozen=True, slots=True)
class Clock:
    """The offset file and the Monday it counts from."""

    file: Path
    start: datetime

    @classmethod
    def in_folder(cls, folder: Path) -> "Clock":
        """A clock that stands at the start."""
        clock = cls(folder / "shop-clock", last_monday(datetime.now(UTC)))
        clock.move_to(0)
        return clock

    @property
    def now(self) -> datetime:
        """The shop's time, aware UTC."""
        return datetime.now(UTC) + timedelta(seconds=float(self.file.read_text()))

    @property
    def hour(self) -> float:
        """Hours since the start."""
        return (self.now - self.start).total_seconds() / 3600

    def moment(self, hour: float) -> datetime:
        """The time so many hours after the start."""
        return self.start + timedelta(hours=hour)

    def move_to(self, hour: float) -> None:
        """Let it be that hour; from there time passes as usual. Replaced in one step: functions may be reading."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str((self.moment(hour) - datetime.now(UTC)).total_seconds()))
        fresh.replace(self.file)
