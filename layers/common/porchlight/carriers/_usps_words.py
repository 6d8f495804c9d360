"""USPS's fixed wordings of events, for codes whose list USPS does not publish and for code 01, which has many.

USPS prints one text of a closed set for each event (https://www.usps.com/help/tracking and the answers of both its
interfaces). They are compared as a whole, without case; any other text decides nothing.
"""

from porchlight.domain.codes import Reading
from porchlight.domain.status import Status, SubStatus

_ACCEPTED_AT = ("facility", "origin facility", "regional facility", "regional origin facility", "destination facility")
_PLACES = ("facility", "regional facility", "regional origin facility", "regional destination facility")


def _each(words: str, places: tuple[str, ...]) -> str:
    return "\n".join(f"{words} {place}" for place in places)


_GROUPS: dict[Reading, str] = {
    (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): """
        shipping label created, usps awaiting item
        pre-shipment info sent to usps, usps awaiting item
        pre-shipment, usps awaiting item
        electronic shipping info received
        origin post is preparing shipment""",
    (Status.CANCELLED, SubStatus.NONE): "label cancelled",
    (Status.IN_TRANSIT, SubStatus.ACCEPTED): """
        acceptance
        accept or pickup
        usps in possession of item
        usps picked up item
        shipment received, package acceptance pending
        picked up by shipping partner
        picked up by shipping partner, usps awaiting item
        """
    + _each("accepted at usps", _ACCEPTED_AT),
    (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): """
        arrived at facility
        arrived at hub
        arrived at military post office
        arrived shipping partner facility
        arrived shipping partner facility, usps awaiting item
        """
    + _each("arrived at usps", _PLACES),
    (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): """
        processed through facility
        processed at facility
        processed at usps origin sort facility
        processed through sort facility
        processed through usps sort facility
        """
    + _each("processed through usps", _PLACES),
    (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): """
        depart usps sort facility
        departed post office
        departed shipping partner facility
        departed shipping partner facility, usps awaiting item
        dispatched from usps international service center
        """
    + _each("departed usps", _PLACES),
    (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): """
        arrived at post office
        arrival at post office
        arrival at unit
        sorting complete""",
    (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): """
        delivered to agent for final delivery
        tendered to returns agent
        picked up and processed by agent""",
    (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "customs clearance\ninbound into customs",
    (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "customs clearance processing complete\ninbound out of customs",
    (Status.IN_TRANSIT, SubStatus.FORWARDED): "forwarded\nforward processed",
    (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "redelivery scheduled\nrescheduled to next delivery day",
    (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "held at post office, at customer request",
    (Status.IN_TRANSIT, SubStatus.NONE): """
        in transit to next facility
        in transit, arriving on time
        awaiting delivery scan""",
    (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "out for delivery",
    (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "available for pickup\navailable for redelivery or pickup",
    (
        Status.DELIVERED,
        SubStatus.NONE,
    ): "delivered\ndelivered, to agent\ndelivered, left with individual\ndelivered, parcel locker",
    (Status.DELIVERED, SubStatus.LEFT_IN_MAILBOX): "delivered, in/at mailbox\ndelivered, po box",
    (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE): """
        delivered, front door/porch
        delivered, garage or other location at address
        delivered, garage / other door / other location at address""",
    (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR): "delivered, neighbor as requested",
    (Status.DELIVERED, SubStatus.COLLECTED): """
        delivered, individual picked up at post office
        delivered, individual picked up at postal facility
        delivered, individual picked up at usps""",
    (Status.RETURNED, SubStatus.NONE): "delivered, to original sender",
    (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): """
        notice left
        notice left (receptacle full/item oversized)
        attempted delivery abroad
        reminder to schedule redelivery of your item""",
    (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): """
        notice left (no authorized recipient available)
        notice left (no secure location available)""",
    (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS): """
        notice left (receptacle blocked)
        delivery attempted - no access to delivery location
        delivery exception, animal interference""",
    (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "notice left (business closed)",
    (Status.EXCEPTION, SubStatus.DELAYED): """
        in transit, arriving late
        processing exception, other delay""",
    (Status.EXCEPTION, SubStatus.WEATHER): """
        delivery exception, local weather delay
        processing exception, regional weather delay""",
    (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "held in customs",
    (Status.EXCEPTION, SubStatus.DISPOSED): "disposed by post office",
    (Status.RETURN_TO_SENDER, SubStatus.NONE): "return to sender processed",
    (Status.RETURN_TO_SENDER, SubStatus.NOT_COLLECTED): "unclaimed/being returned to sender",
}
READING_OF_WORDS: dict[str, Reading] = {
    " ".join(words.split()): reading
    for reading, lines in _GROUPS.items()
    for words in lines.splitlines()
    if words.strip()
}
