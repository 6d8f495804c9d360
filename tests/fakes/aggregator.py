"""EasyPost's site: it follows a parcel once it was told of it, and answers what it has heard since."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from porchlight.domain.errors import PermanentError
from porchlight.domain.exchange import HttpRequest

from tests import payloads

HOST = "api.easypost.com"


@dataclass
class AggregatorSite:
    """`Http`: trackers as of `clock()`.

    Attributes:
        scans: What happens to each parcel: time and EasyPost status.
        told: Every registration as it came: number and carrier's name.
        followed: Numbers it has a tracker for.
        refuses: It answers registrations with 422.
    """

    clock: Callable[[], datetime]
    scans: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    followed: set[str] = field(default_factory=set)
    asked: list[datetime] = field(default_factory=list)
    refuses: bool = False

    def answers(self, request: HttpRequest) -> bool:
        return urlsplit(request.url).netloc == HOST

    def call(self, request: HttpRequest) -> bytes:
        if request.method == "POST":
            return self._follow(json.loads(request.body or b"")["tracker"])
        self.asked.append(self.clock())
        number = parse_qs(urlsplit(request.url).query)["tracking_code"][0]
        return json.dumps({"trackers": [self._tracker(number)] if number in self.followed else []}).encode()

    def _follow(self, tracker: dict[str, str]) -> bytes:
        number = tracker["tracking_code"]
        self.told.append((number, tracker.get("carrier", "")))
        if self.refuses:
            message = "422"
            raise PermanentError(message)
        new = number not in self.followed
        self.followed.add(number)
        return json.dumps(_shell(number) if new else self._tracker(number)).encode()

    def _tracker(self, number: str) -> payloads.Json:
        happened = [scan for scan in self.scans.get(number, []) if scan[0] <= self.clock()]
        if not happened:
            return _shell(number)
        told = payloads.tracker(number, *happened, event_id="")["result"]
        assert isinstance(told, dict)
        return told


def _shell(number: str) -> payloads.Json:
    """A tracker of which nothing is known yet."""
    return {"tracking_code": number, "status": "unknown", "carrier": "", "tracking_details": []}
