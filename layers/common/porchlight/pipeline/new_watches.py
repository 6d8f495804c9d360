"""Parcels that nobody asks about yet, each with the account that is to be asked and when."""

from collections.abc import Iterator
from datetime import datetime

from porchlight.domain.asking import LEAST_CONFIDENCE, accounts_to_ask, first_asked_at
from porchlight.domain.cadence import Watched, next_poll_at
from porchlight.domain.exchange import Kind
from porchlight.domain.fulfilments import ARRIVED_RETURN
from porchlight.domain.orders import Destination
from porchlight.domain.records import OrderRecord, Watch
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.pipeline.ports import Accounts


def new_watches(
    state: OrderState, record: OrderRecord, told: str, accounts_of: Accounts, now: datetime
) -> Iterator[Watch]:
    """Parcels that nobody asks about yet.

    One whose carrier was just heard is left alone: who asked has decided when, and whether, to ask again, and beginning
    anew here would ask for ever about a parcel that was given up.

    Args:
        state: The order now.
        record: As it was read.
        told: The number that was just heard; empty for none.
        accounts_of: The connections, read only when there is a parcel to ask about.
        now: Aware UTC.
    """
    known = record.watches.keys() | {told}
    missing = [one for one in watchable(state) if one.is_open and one.tracking_number not in known]
    timely = [(one, next_at) for one in missing if (next_at := _next_poll_at(one, state, now))]
    if not timely:
        return
    accounts = accounts_of.accounts(Kind.CARRIERS)
    to = state.order.destination if state.order else Destination()
    for parcel, next_at in timely:
        asked = accounts_to_ask(parcel.carrier, _candidates(parcel, to), accounts)
        if asked:
            yield Watch(
                order_id=state.order_id,
                tracking_number=parcel.tracking_number,
                account=asked[0],
                since=_known_since(parcel, state) or now,
                due_at=first_asked_at(parcel.tracking_number, _known_since(parcel, state), now, next_at),
                carrier=parcel.carrier,
                country="" if parcel.comes_back else to.country,
                postal_code="" if parcel.comes_back else to.postal_code,
                others=asked[1:],
            )


def watchable(state: OrderState) -> tuple[ShipmentState, ...]:
    """Outbound parcels, and return legs that have not arrived as far as the store knows."""
    arrived = {parcel.tracking_number for one in state.returns if one.state in ARRIVED_RETURN for parcel in one.parcels}
    return (*state.parcels, *(one for one in state.return_legs if one.tracking_number not in arrived))


def _known_since(parcel: ShipmentState, state: OrderState) -> datetime | None:
    """Since when the number can have been scanned: a label that replaces another is younger than the packing."""
    replaces = any(parcel.tracking_number in one.replaced_by for one in state.shipments)
    times = [parcel.packed_at, parcel.named_at if replaces or parcel.comes_back else None]
    return max((moment for moment in times if moment), default=None)


def _candidates(parcel: ShipmentState, to: Destination) -> dict[str, float]:
    """Whose number it may be; asked only where the store does not say, and imported only then."""
    if parcel.carrier:
        return {}
    from porchlight.domain.detection import detect  # noqa: PLC0415 a hundred patterns that most orders never need

    found = detect(parcel.tracking_number, country=to.country, hint=parcel.carrier_name)
    return {one.carrier: one.confidence for one in found if one.confidence >= LEAST_CONFIDENCE}


def _next_poll_at(parcel: ShipmentState, state: OrderState, now: datetime) -> datetime | None:
    """When its next poll would be; `None` when asking is not worth it."""
    known = Watched(
        tracking_number=parcel.tracking_number,
        since=_known_since(parcel, state) or now,
        status=parcel.status,
        last_scan_at=parcel.last_scan_at if parcel.last_scan_id else None,
        estimate=parcel.estimate,
    )
    return next_poll_at(known, now)
