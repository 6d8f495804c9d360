"""The messages of the generic store: Porchlight's own format, for shops that have no plug-in and for imports.

`docs/generic-store.md` explains it and `docs/generic-store.schema.json` is made from these models. They say what
`domain/store_news.py` can say, under the same names, but refuse what is not meant: a field nobody knows, a time without
its offset, an amount that is no decimal text. Where one says less than Porchlight wants to know, the reading is here.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from porchlight.domain import fulfilments
from porchlight.domain.carrier_names import NAME_OF, carrier_named
from porchlight.domain.fulfilments import HoldReason, ReturnState
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.store_news import PrivacyKind, PrivacyRequest, StoreNews, StoreUpdate
from porchlight.domain.times import EventTime, date_only, exact, plausible, wall_clock
from porchlight.domain.tracking import Place, tracking_event
from porchlight.domain.zones import zone_of
from porchlight.stores._generic_order import Order, Part, Promise
from porchlight.stores._generic_types import (
    MOST,
    Amount,
    Count,
    Country,
    Currency,
    Key,
    Link,
    Mail,
    Moment,
    Number,
    Words,
)
from porchlight.stores._payload import Body, Instant

CODE = "generic"


class Parcel(Part):
    """One tracking number."""

    tracking_number: Number
    carrier: Words = ""
    """Who moves it: its name as people write it, or Porchlight's code."""
    tracking_url: Link = ""

    def value(self) -> fulfilments.Parcel:
        """The same in the domain's words."""
        return fulfilments.Parcel(
            tracking_number=self.tracking_number,
            carrier=self.carrier if self.carrier in NAME_OF else carrier_named(self.carrier),
            carrier_name=NAME_OF.get(self.carrier, self.carrier),
            tracking_url=self.tracking_url,
        )


class Packed(Part):
    """How many of a line."""

    line_id: Key
    quantity: Count = 1


Parcels = Annotated[tuple[Parcel, ...], Field(max_length=MOST)]
PackedItems = Annotated[tuple[Packed, ...], Field(max_length=MOST)]


class Fulfilment(Part):
    """One packing as it is now: it replaces what was said of it before, if `updated_at` is later."""

    fulfilment_id: Key
    updated_at: Instant
    created_at: Instant
    """When it was packed or handed over."""
    cancelled: bool = False
    """The packing was undone; its parcels no longer count."""
    parcels: Parcels = ()
    """Its numbers; none when it travels without one."""
    items: PackedItems = ()

    def value(self) -> fulfilments.FulfilmentSnapshot:
        """The same in the domain's words."""
        told = self.model_dump() | {"parcels": [one.value() for one in self.parcels]}
        return fulfilments.FulfilmentSnapshot.model_validate(told)


class Spot(Part):
    """Where a scan happened. With its country, and in large countries its region, a local time finds its zone."""

    city: Words = ""
    region: Words = ""
    postal_code: Words = ""
    country: Country = ""


class Scan(Part):
    """What happened to the one parcel of a packing, where your shop knows it from its carrier."""

    fulfilment_id: Key
    status: Status
    sub_status: SubStatus = SubStatus.NONE
    occurred_at: Moment
    """As precise as you know it: with its offset, as local time without one, or as a date alone."""
    code: Words = ""
    """The carrier's own code."""
    description: Words = ""
    """The carrier's own words."""
    place: Spot = Spot()
    estimate: Promise | None = None

    def value(self, received_at: datetime) -> fulfilments.FulfilmentEvent:
        """The same in the domain's words."""
        place = Place.model_validate(self.place.model_dump())
        scan = tracking_event(
            CODE,
            plausible(self._when(zone_of(place)), received_at),
            status=self.status,
            sub_status=self.sub_status,
            code=self.code,
            description=self.description,
            place=place,
        )
        estimate = self.estimate.value() if self.estimate else None
        return fulfilments.FulfilmentEvent(fulfilment_id=self.fulfilment_id, event=scan, estimate=estimate)

    def _when(self, zone: str | None) -> EventTime:
        if "T" not in self.occurred_at:
            return date_only(date.fromisoformat(self.occurred_at), zone)
        moment = datetime.fromisoformat(self.occurred_at)
        return exact(moment) if moment.tzinfo else wall_clock(moment, zone)


class Refund(Part):
    """Money that went back."""

    refund_id: Key
    refunded_at: Instant
    amount: Amount = ""
    currency: Currency = ""
    items: PackedItems = ()


class Return(Part):
    """A return as it is now."""

    return_id: Key
    updated_at: Instant
    state: ReturnState
    parcels: Parcels = ()
    """Numbers of the way back."""
    items: PackedItems = ()

    def value(self) -> fulfilments.ReturnSnapshot:
        """The same in the domain's words."""
        told = self.model_dump() | {"parcels": [one.value() for one in self.parcels]}
        return fulfilments.ReturnSnapshot.model_validate(told)


class Hold(Part):
    """Whether a part of the order may be packed now."""

    hold_id: Key
    updated_at: Instant
    held: bool
    reason: HoldReason = HoldReason.OTHER


class Edit(Part):
    """A change of the order's lines after it was placed."""

    edit_id: Key
    edited_at: Instant
    added: PackedItems = ()
    removed: PackedItems = ()


class _Message(Body):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class OrderChanged(_Message):
    """Something about one order: any of the parts, at least one."""

    topic: Literal["order.changed"]
    order_id: Key
    """Your id of the order, which never changes."""
    order: Order | None = None
    fulfilments: Annotated[tuple[Fulfilment, ...], Field(max_length=MOST)] = ()
    events: Annotated[tuple[Scan, ...], Field(max_length=MOST)] = ()
    refunds: Annotated[tuple[Refund, ...], Field(max_length=MOST)] = ()
    returns: Annotated[tuple[Return, ...], Field(max_length=MOST)] = ()
    holds: Annotated[tuple[Hold, ...], Field(max_length=MOST)] = ()
    edits: Annotated[tuple[Edit, ...], Field(max_length=MOST)] = ()

    @model_validator(mode="after")
    def _says_something(self) -> "OrderChanged":
        said = (self.order, self.fulfilments, self.events, self.refunds, self.returns, self.holds, self.edits)
        if not any(said):
            message = "should say something: order, fulfilments, events, refunds, returns, holds or edits"
            raise ValueError(message)
        return self

    def updates(self, topic: str, received_at: datetime) -> list[StoreNews]:
        """The same in the domain's words."""
        said = {
            "source": CODE,
            "vendor_order_id": self.order_id,
            "topic": topic,
            "order": self.order.value(self.order_id) if self.order else None,
            "fulfilments": [one.value() for one in self.fulfilments],
            "events": [one.value(received_at) for one in self.events],
            "refunds": [one.model_dump() for one in self.refunds],
            "returns": [one.value() for one in self.returns],
            "holds": [one.model_dump() for one in self.holds],
            "edits": [one.model_dump() for one in self.edits],
        }
        return [StoreUpdate.model_validate(said)]


KIND_OF = {
    "shopper.export": PrivacyKind.EXPORT_SHOPPER,
    "shopper.erase": PrivacyKind.ERASE_SHOPPER,
    "shop.erase": PrivacyKind.ERASE_SHOP,
}


class PrivacyAsked(_Message):
    """Somebody wants a copy of their data, or wants it gone."""

    topic: Literal["shopper.export", "shopper.erase", "shop.erase"]
    request_id: Key
    order_ids: Annotated[tuple[Key, ...], Field(max_length=MOST)] = ()
    """The shopper's orders; none for a whole shop."""
    email: Mail = ""

    @model_validator(mode="after")
    def _names_somebody(self) -> "PrivacyAsked":
        if self.topic != "shop.erase" and not (self.order_ids or self.email):
            message = "should name the shopper, by order_ids or email"
            raise ValueError(message)
        return self

    def updates(self, topic: str, received_at: datetime) -> list[StoreNews]:  # noqa: ARG002 the body says it all
        """The same in the domain's words."""
        asked = PrivacyRequest(
            source=CODE,
            kind=KIND_OF[self.topic],
            request_id=self.request_id,
            vendor_order_ids=self.order_ids,
            email=self.email,
        )
        return [asked]
