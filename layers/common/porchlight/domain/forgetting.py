"""What stays of an order when the shopper's data is erased: what was bought and how far it came, not who or where to.

Gone are names, addresses, account, consent and the order's tags; the place of every scan below its country and the
carrier's own words, which may say who signed; and links to carriers, which may carry a postcode. The shopper's language
stays, for the tracking page.
"""

from porchlight.domain.fulfilments import FulfilmentSnapshot, Parcel, ReturnSnapshot
from porchlight.domain.orders import Destination, OrderSnapshot, Person
from porchlight.domain.shipment_facts import ShipmentFacts
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate


def order_without_people(order: OrderSnapshot | None) -> OrderSnapshot | None:
    """The order of nobody."""
    if order is None:
        return None
    nobody = {"recipient": Person(), "customer_id": "", "order_count": None, "tags": ()}
    silent = {"marketing_consent": False, "sms_consent": False, "gift": False}
    kept = {
        "shopper": Person(locale=order.shopper.locale),
        "destination": Destination(country=order.destination.country),
    }
    return order.model_copy(update=nobody | silent | kept)


def update_without_people(update: StoreUpdate) -> StoreUpdate:
    """What a store says, as far as an erased order may learn it."""
    events = (one.model_copy(update={"event": _scan(one.event)}) for one in update.events)
    return update.model_copy(
        update={
            "order": order_without_people(update.order),
            "fulfilments": tuple(map(packing_without_links, update.fulfilments)),
            "events": tuple(events),
            "returns": tuple(map(return_without_links, update.returns)),
        }
    )


def tracking_without_people(update: TrackingUpdate) -> TrackingUpdate:
    """What a carrier says, as far as an erased order may learn it."""
    return update.model_copy(update={"events": tuple(map(_scan, update.events))})


def shipment_without_people(shipment: ShipmentFacts) -> ShipmentFacts:
    """What was said about a parcel; scans that told the same but for their words become one."""
    scans = {scan.event_id: scan for scan in map(_scan, shipment.events)}
    return shipment.model_copy(update={"events": tuple(scans.values())})


def packing_without_links(packing: FulfilmentSnapshot) -> FulfilmentSnapshot:
    """A packing whose numbers lead nowhere."""
    return packing.model_copy(update={"parcels": tuple(map(_parcel, packing.parcels))})


def return_without_links(returned: ReturnSnapshot) -> ReturnSnapshot:
    """The same of a return."""
    return returned.model_copy(update={"parcels": tuple(map(_parcel, returned.parcels))})


def _parcel(parcel: Parcel) -> Parcel:
    return parcel.model_copy(update={"tracking_url": ""})


def _scan(event: TrackingEvent) -> TrackingEvent:
    """Built anew and not copied: a copy would keep the id that was computed with the words."""
    left = {"description": "", "place": Place(country=event.place.country)}
    return TrackingEvent.model_validate(event.model_dump() | left)
