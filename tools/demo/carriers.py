"""The simulated vendors of tracking: who knows which parcel, and what each answers when it is called.

Tokens, refusals and limits are the account's, the words are the format's; parcels move with the shop's clock. An
aggregator knows a parcel from when it was registered.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus

from porchlight.plugins import CARRIERS

from tools.demo.accounts import Account, Fault
from tools.demo.formats import FORMATS
from tools.demo.journey import Journey
from tools.demo.orders import Order, Parcel
from tools.demo.routes import route_to
from tools.demo.shop_clock import Clock, at
from tools.demo.stories import Story
from tools.demo.vendor_api import HTML, Call, Format, Reply, in_json

SLOW_SECONDS = 9
"""Longer than Porchlight waits for an answer."""
FAULTS: dict[str, list[tuple[float, Fault]]] = {
    "ups": [(at("Tue", "07:00"), Fault.GARBAGE), (at("Wed", "07:00"), Fault.REVOKED)],
    "fedex": [(at("Mon", "22:00"), Fault.SERVER_ERROR)],
    "usps": [(at("Tue", "10:00"), Fault.TOO_MANY)],
    "dhl_unified": [(at("Mon", "22:00"), Fault.SLOW)],
    "canada_post": [(at("Mon", "22:00"), Fault.SERVER_ERROR)],
    "purolator": [(at("Mon", "22:00"), Fault.GARBAGE)],
    "correios_br": [(at("Mon", "22:00"), Fault.REVOKED)],
    "gls": [],
    "la_poste": [],
    "postnl": [],
    "royal_mail": [],
    "dhl_express": [],
    "aftership": [],
}
"""The accounts that are asked, and what goes wrong with them from which hour on."""
REFUSED = in_json({"errors": [{"code": "NOT.AUTHORIZED.ERROR"}]}, HTTPStatus.UNAUTHORIZED)
TOO_MANY = in_json({"error": "too many requests"}, HTTPStatus.TOO_MANY_REQUESTS, 60)
_BROKEN = {
    Fault.GARBAGE: Reply(HTTPStatus.OK, b"<html><body><h1>We'll be right back</h1></body></html>", HTML),
    Fault.SERVER_ERROR: in_json({"errors": [{"code": "INTERNAL.SERVER.ERROR"}]}, HTTPStatus.INTERNAL_SERVER_ERROR),
    Fault.TOO_MANY: in_json({"error": {"code": "429"}}, HTTPStatus.TOO_MANY_REQUESTS, 900),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What one vendor knows of one number."""

    parcel: Parcel
    order: Order
    story: Story


@dataclass(slots=True)
class Carriers:
    """The vendors and the accounts that the shop has with them.

    Attributes:
        asked: How often each vendor was asked about each number.
        registered: Numbers that aggregators were made to follow, by vendor.
    """

    orders: tuple[Order, ...]
    clock: Clock
    accounts: dict[str, Account] = field(default_factory=dict)
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    registered: set[tuple[str, str]] = field(default_factory=set)
    _known: dict[tuple[str, str], Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for order in self.orders:
            for parcel in order.parcels:
                self._known |= {(code, parcel.number): Known(parcel, order, story) for code, story in parcel.sources}
        for code, faults in FAULTS.items():
            seconds = FORMATS[code].entry.token_seconds
            budget = CARRIERS.get(code).budget
            self.accounts[code] = Account(f"{code}-client", f"{code}-secret", budget, seconds, list(faults))

    def answer(self, code: str, call: Call) -> Reply:
        """What the vendor answers."""
        account, vendor, now = self.accounts[code], FORMATS[code], self.clock.now
        if not account.admit(now):
            return TOO_MANY
        if vendor.entry.token_path and call.path == vendor.entry.token_path:
            return account.sell(call, vendor.entry, now) or REFUSED
        fault = account.fault(self.clock.hour)
        if fault in _BROKEN:
            return _BROKEN[fault]
        if fault is Fault.SLOW:
            time.sleep(SLOW_SECONDS)
        return self._about(code, vendor, call) if account.lets_in(call, vendor.entry, now) else REFUSED

    def _about(self, code: str, vendor: Format, call: Call) -> Reply:
        number = vendor.asked(call)
        journey = self.journey(code, number)
        self.asked[code, number] += 1
        if vendor.registration is None:
            return vendor.tell(journey) if journey.scans else vendor.unknown(number)
        if vendor.registration.is_one(call):
            self.registered.add((code, number))
            return vendor.registration.confirm(journey)
        return vendor.tell(journey) if (code, number) in self.registered else vendor.unknown(number)

    def journey(self, code: str, number: str) -> Journey:
        """A parcel at this moment as one vendor knows it; without a scan where it does not."""
        known = self._known.get((code, number))
        if known is None:
            return Journey(number, Story(()), route_to("Austin"), self.clock.start, self.clock.hour)
        mover = known.parcel.mover or known.parcel.carrier
        return Journey(number, known.story, route_to(known.order.town), self.clock.start, self.clock.hour, mover)

    def follows(self, code: str, number: str) -> bool:
        """Whether a vendor that is also asked has been told of a number; one that only pushes was told by the shop."""
        return code not in self.accounts or (code, number) in self.registered
