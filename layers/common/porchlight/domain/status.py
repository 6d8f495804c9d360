"""The five axes of a parcel's state, and what follows from a reason.

`Status` says where the parcel is in its life, `SubStatus` why. `responsible_for` and `action_for` give the party that
must move and what the shopper should do; `finality_of` says whether anything more is expected. The vocabulary follows
the union of twelve vendors' published taxonomies; no vendor sends "silent", that is derived (see triggers.py).
"""

from enum import StrEnum


class Status(StrEnum):
    """Where a parcel is in its life. `UNKNOWN` is never news for a shopper."""

    PRE_TRANSIT = "pre_transit"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    DELIVERED = "delivered"
    DELIVERY_ATTEMPTED = "delivery_attempted"
    EXCEPTION = "exception"
    RETURN_TO_SENDER = "return_to_sender"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class SubStatus(StrEnum):
    """The reason behind a status; one vocabulary for all of them."""

    NONE = "none"
    # before the carrier has it
    LABEL_CREATED = "label_created"
    AWAITING_HANDOVER = "awaiting_handover"
    COLLECTION_FAILED = "collection_failed"
    # on its way
    ACCEPTED = "accepted"
    ARRIVED_AT_FACILITY = "arrived_at_facility"
    DEPARTED_FACILITY = "departed_facility"
    PROCESSED_AT_FACILITY = "processed_at_facility"
    AT_LOCAL_DEPOT = "at_local_depot"
    ARRIVED_IN_DESTINATION_COUNTRY = "arrived_in_destination_country"
    HANDED_TO_PARTNER = "handed_to_partner"
    FORWARDED = "forwarded"
    DELIVERY_SCHEDULED = "delivery_scheduled"
    RESCHEDULED = "rescheduled"
    PROBLEM_RESOLVED = "problem_resolved"
    CUSTOMS_STARTED = "customs_started"
    CUSTOMS_CLEARED = "customs_cleared"
    # something is wrong
    CUSTOMS_HELD = "customs_held"
    DUTY_DUE = "duty_due"
    DOCUMENTS_MISSING = "documents_missing"
    ADDRESS_PROBLEM = "address_problem"
    RECIPIENT_MOVED = "recipient_moved"
    DELAYED = "delayed"
    WEATHER = "weather"
    MISSORTED = "missorted"
    HELD = "held"
    DAMAGED = "damaged"
    LOST = "lost"
    REFUSED = "refused"
    UNDELIVERABLE = "undeliverable"
    SECURITY = "security"
    DISPOSED = "disposed"
    # the courier was there
    NOBODY_HOME = "nobody_home"
    BUSINESS_CLOSED = "business_closed"
    NO_ACCESS = "no_access"
    PAYMENT_DUE = "payment_due"
    # to be collected
    AT_PICKUP_POINT = "at_pickup_point"
    AT_LOCKER = "at_locker"
    AT_POST_OFFICE = "at_post_office"
    NOT_COLLECTED = "not_collected"
    # arrived
    SIGNED_FOR = "signed_for"
    LEFT_WITH_NEIGHBOUR = "left_with_neighbour"
    LEFT_IN_SAFE_PLACE = "left_in_safe_place"
    LEFT_IN_MAILBOX = "left_in_mailbox"
    COLLECTED = "collected"
    DELIVERED_DAMAGED = "delivered_damaged"


class Responsible(StrEnum):
    """Who has to move next for the parcel to move."""

    NOBODY = "nobody"
    CARRIER = "carrier"
    MERCHANT = "merchant"
    RECIPIENT = "recipient"
    CUSTOMS = "customs"
    WEATHER = "weather"


class Action(StrEnum):
    """What the shopper should do now."""

    NONE = "none"
    COLLECT = "collect"
    CONTACT_CARRIER = "contact_carrier"
    CONTACT_MERCHANT = "contact_merchant"
    PAY_DUTY = "pay_duty"
    PAY_ON_DELIVERY = "pay_on_delivery"
    FIX_ADDRESS = "fix_address"
    PROVIDE_DOCUMENTS = "provide_documents"
    BE_PRESENT = "be_present"


class Finality(StrEnum):
    """`OPEN`: more scans are expected. `FINAL`: none are. `REVERSIBLE`: none are, but a return may still begin."""

    OPEN = "open"
    REVERSIBLE = "reversible"
    FINAL = "final"


MOVEMENT = frozenset(
    {
        Status.IN_TRANSIT,
        Status.OUT_FOR_DELIVERY,
        Status.AVAILABLE_FOR_PICKUP,
        Status.DELIVERED,
        Status.DELIVERY_ATTEMPTED,
        Status.RETURN_TO_SENDER,
        Status.RETURNED,
    }
)
"""Statuses that prove the carrier has the parcel, or had it."""

FINALITY_OF = {
    Status.DELIVERED: Finality.REVERSIBLE,
    Status.RETURNED: Finality.FINAL,
    Status.CANCELLED: Finality.FINAL,
    Status.EXPIRED: Finality.REVERSIBLE,
}

RESPONSIBLE_FOR = {
    SubStatus.AWAITING_HANDOVER: Responsible.MERCHANT,
    SubStatus.LABEL_CREATED: Responsible.MERCHANT,
    SubStatus.COLLECTION_FAILED: Responsible.CARRIER,
    SubStatus.CUSTOMS_STARTED: Responsible.CUSTOMS,
    SubStatus.CUSTOMS_HELD: Responsible.CUSTOMS,
    SubStatus.DUTY_DUE: Responsible.RECIPIENT,
    SubStatus.DOCUMENTS_MISSING: Responsible.RECIPIENT,
    SubStatus.ADDRESS_PROBLEM: Responsible.RECIPIENT,
    SubStatus.RECIPIENT_MOVED: Responsible.RECIPIENT,
    SubStatus.DELAYED: Responsible.CARRIER,
    SubStatus.WEATHER: Responsible.WEATHER,
    SubStatus.MISSORTED: Responsible.CARRIER,
    SubStatus.HELD: Responsible.CARRIER,
    SubStatus.DAMAGED: Responsible.CARRIER,
    SubStatus.DELIVERED_DAMAGED: Responsible.CARRIER,
    SubStatus.LOST: Responsible.CARRIER,
    SubStatus.REFUSED: Responsible.RECIPIENT,
    SubStatus.UNDELIVERABLE: Responsible.CARRIER,
    SubStatus.SECURITY: Responsible.CARRIER,
    SubStatus.DISPOSED: Responsible.CARRIER,
    SubStatus.NOBODY_HOME: Responsible.RECIPIENT,
    SubStatus.BUSINESS_CLOSED: Responsible.RECIPIENT,
    SubStatus.NO_ACCESS: Responsible.RECIPIENT,
    SubStatus.PAYMENT_DUE: Responsible.RECIPIENT,
    SubStatus.AT_PICKUP_POINT: Responsible.RECIPIENT,
    SubStatus.AT_LOCKER: Responsible.RECIPIENT,
    SubStatus.AT_POST_OFFICE: Responsible.RECIPIENT,
    SubStatus.NOT_COLLECTED: Responsible.RECIPIENT,
}

ACTION_FOR = {
    SubStatus.DUTY_DUE: Action.PAY_DUTY,
    SubStatus.DOCUMENTS_MISSING: Action.PROVIDE_DOCUMENTS,
    SubStatus.ADDRESS_PROBLEM: Action.FIX_ADDRESS,
    SubStatus.RECIPIENT_MOVED: Action.FIX_ADDRESS,
    SubStatus.DAMAGED: Action.CONTACT_MERCHANT,
    SubStatus.DELIVERED_DAMAGED: Action.CONTACT_MERCHANT,
    SubStatus.LOST: Action.CONTACT_MERCHANT,
    SubStatus.REFUSED: Action.CONTACT_MERCHANT,
    SubStatus.DISPOSED: Action.CONTACT_MERCHANT,
    SubStatus.UNDELIVERABLE: Action.CONTACT_CARRIER,
    SubStatus.HELD: Action.CONTACT_CARRIER,
    SubStatus.NOBODY_HOME: Action.BE_PRESENT,
    SubStatus.BUSINESS_CLOSED: Action.BE_PRESENT,
    SubStatus.NO_ACCESS: Action.CONTACT_CARRIER,
    SubStatus.PAYMENT_DUE: Action.PAY_ON_DELIVERY,
    SubStatus.AT_PICKUP_POINT: Action.COLLECT,
    SubStatus.AT_LOCKER: Action.COLLECT,
    SubStatus.AT_POST_OFFICE: Action.COLLECT,
    SubStatus.NOT_COLLECTED: Action.COLLECT,
}

_STATUS_RESPONSIBLE = {
    Status.PRE_TRANSIT: Responsible.MERCHANT,
    Status.IN_TRANSIT: Responsible.CARRIER,
    Status.OUT_FOR_DELIVERY: Responsible.CARRIER,
    Status.AVAILABLE_FOR_PICKUP: Responsible.RECIPIENT,
    Status.DELIVERY_ATTEMPTED: Responsible.RECIPIENT,
    Status.EXCEPTION: Responsible.CARRIER,
    Status.RETURN_TO_SENDER: Responsible.CARRIER,
}

_STATUS_ACTION = {Status.AVAILABLE_FOR_PICKUP: Action.COLLECT}


def finality_of(status: Status) -> Finality:
    """Whether anything more is expected after this status."""
    return FINALITY_OF.get(status, Finality.OPEN)


def responsible_for(status: Status, sub_status: SubStatus) -> Responsible:
    """The party that must move next, from the reason if it says, else from the status."""
    if status is Status.DELIVERED and sub_status is not SubStatus.DELIVERED_DAMAGED:
        return Responsible.NOBODY
    return RESPONSIBLE_FOR.get(sub_status) or _STATUS_RESPONSIBLE.get(status, Responsible.NOBODY)


def action_for(status: Status, sub_status: SubStatus) -> Action:
    """What the shopper should do, from the reason if it says, else from the status.

    Once a parcel goes back, its former reason asks nothing of the shopper any more: only the merchant can help.
    """
    if status in {Status.RETURN_TO_SENDER, Status.RETURNED}:
        return Action.CONTACT_MERCHANT
    return ACTION_FOR.get(sub_status) or _STATUS_ACTION.get(status, Action.NONE)
