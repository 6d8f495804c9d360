"""What a condition may look at: a documented, typed set of facts about an order, its shopper and one parcel.

The names are those that a merchant writes. A fact that is not known has the value that its line names, so that every
condition can be evaluated for every order.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.shopper import Shopper
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import Finality, Status

SEGMENT = "segment."
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_PROBLEMS = frozenset({Status.EXCEPTION, Status.DELIVERY_ATTEMPTED, Status.RETURN_TO_SENDER, Status.RETURNED})

type FactValue = bool | int | float | str | list[str] | list[dict[str, bool | int | float | str]]
type Facts = Mapping[str, FactValue]


class Kind(StrEnum):
    """Type of a fact in CEL's words."""

    BOOL = "bool"
    INT = "int"
    NUMBER = "double"
    TEXT = "string"
    TEXTS = "list(string)"
    PARCELS = "list of parcels"


class _Fact(NamedTuple):
    kind: Kind
    meaning: str


DOCUMENTED: dict[str, _Fact] = {
    "order.total": _Fact(Kind.NUMBER, "What the order cost, in the shop's currency; 0.0 when the store does not say"),
    "order.currency": _Fact(Kind.TEXT, "The shop's currency, `EUR`; empty when the store does not say"),
    "order.quantity": _Fact(Kind.INT, "Pieces in the order"),
    "order.skus": _Fact(Kind.TEXTS, "Stock keeping units in the order"),
    "order.tags": _Fact(Kind.TEXTS, "The store's tags on the order"),
    "order.product_tags": _Fact(Kind.TEXTS, "The store's tags on the products in it"),
    "order.country": _Fact(Kind.TEXT, "Destination, two letters; empty when unknown"),
    "order.region": _Fact(Kind.TEXT, "State or province of the destination; empty when unknown"),
    "order.gift": _Fact(Kind.BOOL, "Shopper and recipient differ"),
    "order.locale": _Fact(Kind.TEXT, "Language of the shopper, `de-DE`; empty when unknown"),
    "order.age_days": _Fact(Kind.NUMBER, "Days since it was placed"),
    "order.days_past_promise": _Fact(Kind.INT, "Days since the promised day; negative before it, -999 without one"),
    "order.edited": _Fact(Kind.BOOL, "Its lines were changed after it was placed"),
    "order.held": _Fact(Kind.BOOL, "The merchant does not pack a part of it for now"),
    "order.refunds": _Fact(Kind.INT, "Refunds so far"),
    "order.returns": _Fact(Kind.INT, "Returns so far, whatever became of them"),
    "customer.orders": _Fact(Kind.INT, "Orders of this shopper, this one included; 0 when unknown"),
    "customer.guest": _Fact(Kind.BOOL, "Ordered without an account"),
    "customer.takes_marketing": _Fact(Kind.BOOL, "Agreed to marketing by mail"),
    "engagement.page_views": _Fact(Kind.INT, "Views of tracking pages in the last 30 days"),
    "engagement.opens": _Fact(Kind.INT, "Messages opened in the last 30 days"),
    "engagement.clicks": _Fact(Kind.INT, "Links followed in the last 30 days"),
    "engagement.offer_clicks": _Fact(Kind.INT, "Offers followed in the last 30 days"),
    "milestones.parcels": _Fact(Kind.INT, "Parcels that count"),
    "milestones.moving": _Fact(Kind.INT, "Parcels the carrier has, or had"),
    "milestones.delivered": _Fact(Kind.INT, "Parcels that arrived"),
    "milestones.problems": _Fact(Kind.INT, "Parcels with a problem now"),
    "milestones.complete": _Fact(Kind.BOOL, "Everything has arrived and nothing more is to come"),
    "parcel.status": _Fact(Kind.TEXT, "Status of the parcel the touchpoint is about; empty for the order as a whole"),
    "parcel.sub_status": _Fact(Kind.TEXT, "Its reason, `none` without one"),
    "parcel.carrier": _Fact(Kind.TEXT, "Its carrier's code; empty when unknown"),
    "parcel.silent_hours": _Fact(Kind.NUMBER, "Hours since its last scan; 0.0 without one"),
    "parcel.days_late": _Fact(Kind.INT, "Days by which its estimate is later than it first was; 0 when it is not"),
    "parcel.estimate_known": _Fact(Kind.BOOL, "Somebody has named a day for it"),
    "parcels": _Fact(Kind.PARCELS, "Every parcel, with the fields of `parcel.` as `p.status` …"),
    "now.hour": _Fact(Kind.INT, "Hour of the day at the destination, 0 to 23"),
    "now.weekday": _Fact(Kind.INT, "Day of the week at the destination, Monday 1 to Sunday 7"),
}
FACTS: dict[str, Kind] = {name: fact.kind for name, fact in DOCUMENTED.items()}


def rule_facts(
    state: OrderState, order: OrderSnapshot, shopper: Shopper, parcel: ShipmentState | None, local_now: datetime
) -> Facts:
    """The value of every fact; `parcel` is the one the touchpoint is about, `local_now` the destination's clock."""
    items = order.items
    about = _parcel(parcel, local_now) if parcel else _NO_PARCEL
    return {
        "order.total": _number(order.total),
        "order.currency": order.currency,
        "order.quantity": sum(item.quantity for item in items),
        "order.skus": [item.sku for item in items if item.sku],
        "order.tags": list(order.tags),
        "order.product_tags": sorted({tag for item in items for tag in item.tags}),
        "order.country": order.destination.country,
        "order.region": order.destination.region,
        "order.gift": order.gift,
        "order.locale": order.shopper.locale,
        "order.age_days": (local_now - order.placed_at) / _DAY,
        "order.days_past_promise": (local_now.date() - order.promised.day).days if order.promised else -999,
        "order.edited": bool(state.edits),
        "order.held": bool(state.holds),
        "order.refunds": len(state.refunds),
        "order.returns": len(state.returns),
        "customer.orders": max(shopper.orders, order.order_count or 0),
        "customer.guest": not order.customer_id,
        "customer.takes_marketing": order.marketing_consent,
        "engagement.page_views": shopper.page_views,
        "engagement.opens": shopper.opens,
        "engagement.clicks": shopper.clicks,
        "engagement.offer_clicks": shopper.offer_clicks,
        "milestones.parcels": len(state.parcels),
        "milestones.moving": sum(one.moving_since is not None for one in state.parcels),
        "milestones.delivered": state.count(Status.DELIVERED),
        "milestones.problems": sum(one.status in _PROBLEMS for one in state.parcels),
        "milestones.complete": state.all_delivered,
        **{f"parcel.{name}": value for name, value in about.items()},
        "parcels": [_parcel(one, local_now) for one in state.parcels],
        "now.hour": local_now.hour,
        "now.weekday": local_now.isoweekday(),
    }


_NO_PARCEL: dict[str, bool | int | float | str] = {
    "status": "",
    "sub_status": "none",
    "carrier": "",
    "silent_hours": 0.0,
    "days_late": 0,
    "estimate_known": False,
}


def _parcel(parcel: ShipmentState, now: datetime) -> dict[str, bool | int | float | str]:
    first, current = parcel.first_estimate, parcel.estimate
    silent = (now - parcel.last_scan_at) / _HOUR if parcel.last_scan_at and parcel.finality is Finality.OPEN else 0.0
    return {
        "status": parcel.status.value,
        "sub_status": parcel.sub_status.value,
        "carrier": parcel.carrier,
        "silent_hours": max(silent, 0.0),
        "days_late": max((current.day - first.day).days, 0) if first and current else 0,
        "estimate_known": current is not None,
    }


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


PARCEL_FIELDS = frozenset(_NO_PARCEL)
"""What `p.` may be followed by in a condition over `parcels`."""

_SAMPLE_OF: dict[Kind, FactValue] = {
    Kind.BOOL: True,
    Kind.INT: 1,
    Kind.NUMBER: 1.0,
    Kind.TEXT: "",
    Kind.TEXTS: ["sample"],
    Kind.PARCELS: [_NO_PARCEL],
}
SAMPLE: Facts = {name: _SAMPLE_OF[kind] for name, kind in FACTS.items()}
"""A value for every fact, to try conditions on."""
