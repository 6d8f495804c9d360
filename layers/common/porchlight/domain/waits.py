"""How long after a fact a message becomes due, counted in hours, days or business days of where the parcel goes.

Written `36h`, `5d`, or `2bd` for business days. A wait of whole days may name the earliest time of day, `5d 10:00`: the
message is due on that day at that time, at the destination. A wait of business days skips weekends and holidays there.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import model_serializer, model_validator

from porchlight.domain.model import StrictValue

_WRITTEN = re.compile(r"(\d{1,6})\s*(m|h|d|bd)(?:\s+([01]\d|2[0-3]):([0-5]\d))?")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST = timedelta(days=400)


class Wait(StrictValue):
    """A wait; none by default.

    Attributes:
        span: Elapsed time, or whole days when `business_days` is 0 and `clock` is set.
        business_days: Counted instead of `span`.
        clock: Earliest time of day, `HH:MM` at the destination; empty for any.
    """

    span: timedelta = timedelta(0)
    business_days: int = 0
    clock: str = ""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, timedelta):
            return {"span": value}
        if not isinstance(value, str):
            return value
        match = _WRITTEN.fullmatch(value.strip())
        if match is None:
            message = "a wait is a number and m, h, d or bd, with a time of day if you like: 36h, 5d, 2bd, 5d 10:00"
            raise ValueError(message)
        number, unit, hour, minute = match.groups()
        clock = f"{hour}:{minute}" if hour else ""
        if clock and unit not in {"d", "bd"}:
            message = "a time of day goes with days: 5d 10:00"
            raise ValueError(message)
        if unit == "bd":
            return {"business_days": int(number), "clock": clock}
        return {"span": int(number) * _UNITS[unit], "clock": clock}

    @model_validator(mode="after")
    def _ends(self) -> "Wait":
        if self.span > LONGEST or self.business_days > LONGEST.days:
            message = "longer than 400 days"
            raise ValueError(message)
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, _: Any, __: Any) -> dict[str, Any]:
        """As it is written, for editors."""
        return {"type": "string", "pattern": f"^\\s*{_WRITTEN.pattern}\\s*$"}

    @model_serializer
    def _written(self) -> str:
        clock = f" {self.clock}" if self.clock else ""
        if self.business_days:
            return f"{self.business_days}bd{clock}"
        if clock:
            return f"{self.span.days}d{clock}"
        return f"{int(self.span.total_seconds() // 60)}m"

    def __bool__(self) -> bool:
        """Whether there is anything to wait for."""
        return bool(self.span or self.business_days or self.clock)

    def after(self, moment: datetime, zone: ZoneInfo, rests: Callable[[date], bool]) -> datetime:
        """When it is over.

        Args:
            moment: Aware.
            zone: Of the destination.
            rests: Whether nobody works there on a day.
        """
        if not self:
            return moment
        local = moment.astimezone(zone)
        if not self.business_days and not self.clock:
            return moment + self.span
        day = _business_day(local.date(), self.business_days, rests) if self.business_days else local.date()
        day += timedelta(days=self.span.days)
        clock = time.fromisoformat(self.clock) if self.clock else local.timetz().replace(tzinfo=None)
        due = datetime.combine(day, clock, zone)
        return max(due, local).astimezone(moment.tzinfo)


def _business_day(day: date, number: int, rests: Callable[[date], bool]) -> date:
    """The `number`-th business day after `day`."""
    left = number
    for _ in range(LONGEST.days * 3):
        if left == 0:
            break
        day += timedelta(days=1)
        left -= not rests(day)
    return day
