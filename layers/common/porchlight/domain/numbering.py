"""Which tracking number stands for which parcel: numbers that were replaced or died, and those that come back.

A shop prints a second label and the first number is never scanned; whoever watches it waits for nothing. So a number is
superseded when its fulfilment no longer names it, and also when its carrier voided it before the first scan while the
fulfilment has another one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from porchlight.domain.facts import OrderFacts
from porchlight.domain.fulfilments import FulfilmentSnapshot, PackedItem, Parcel, ReturnSnapshot, ReturnState
from porchlight.domain.packing import Packed
from porchlight.domain.state import ShipmentState
from porchlight.domain.status import Status

_DEAD = frozenset({Status.CANCELLED, Status.EXPIRED})
_NO_RETURN = frozenset({ReturnState.DECLINED, ReturnState.CANCELLED})


class ReturnLeg(NamedTuple):
    """One number that comes back.

    Attributes:
        named_at: When the store last spoke of the return: its numbers have no time of their own.
        return_of: Outbound numbers that held what it brings.
    """

    parcel: Parcel
    items: tuple[PackedItem, ...]
    named_at: datetime
    return_of: tuple[str, ...]


def return_parcels(returns: Iterable[ReturnSnapshot], packed: Mapping[str, Packed]) -> dict[str, ReturnLeg]:
    """Numbers of the returns that stand, each linked to the outbound parcels its items left in."""
    legs: dict[str, ReturnLeg] = {}
    for one in returns:
        if one.state in _NO_RETURN:
            continue
        lines = {item.line_id for item in one.items}
        outbound = tuple(
            number
            for number, packing in sorted(packed.items())
            if not lines or lines & {item.line_id for item in packing.contents.items}
        )
        for parcel in one.parcels:
            legs.setdefault(parcel.tracking_number, ReturnLeg(parcel, one.items, one.updated_at, outbound))
    return legs


def with_successors(
    shipments: Sequence[ShipmentState], facts: OrderFacts, packed: Mapping[str, Packed]
) -> tuple[ShipmentState, ...]:
    """The shipments, those superseded that died unscanned, and each superseded one with what stands in its place."""
    dead = {one.tracking_number for one in shipments if _died_unscanned(one)}
    gone = {number for number in dead if _siblings(number, packed) - dead}
    latest_first = sorted(facts.numbered, key=lambda one: one.named_at, reverse=True)
    named_at = {one.tracking_number: one.named_at for one in latest_first}
    return tuple(
        replace(_succeeded(one, facts, packed, gone), named_at=named_at.get(one.tracking_number, one.named_at))
        for one in shipments
    )


def _succeeded(
    shipment: ShipmentState, facts: OrderFacts, packed: Mapping[str, Packed], gone: set[str]
) -> ShipmentState:
    if not shipment.superseded and shipment.tracking_number not in gone:
        return shipment
    return replace(shipment, superseded=True, replaced_by=_successors(shipment.tracking_number, facts, packed, gone))


def _died_unscanned(shipment: ShipmentState) -> bool:
    return shipment.status in _DEAD and shipment.moving_since is None and not shipment.superseded


def _siblings(number: str, packed: Mapping[str, Packed]) -> set[str]:
    """Other numbers of the same fulfilment."""
    if number not in packed:
        return set()
    fulfilment = packed[number].fulfilment
    return {parcel.tracking_number for parcel in fulfilment.parcels} - {number} if fulfilment else set()


def _successors(number: str, facts: OrderFacts, packed: Mapping[str, Packed], gone: set[str]) -> tuple[str, ...]:
    """Numbers that its own fulfilment has now; where that one was undone, those that hold the same lines."""
    mine = {one.fulfilment_id for one in facts.numbered if one.tracking_number == number}
    if not mine:  # only its carrier has ever spoken of it
        return ()
    homes = [fulfilment for fulfilment in facts.fulfilments if fulfilment.fulfilment_id in mine]
    heirs = [one for one in homes if not one.cancelled] or _redone(homes, facts.fulfilments)
    numbers = {parcel.tracking_number for one in heirs for parcel in one.parcels}
    standing = (numbers & packed.keys()) - gone - {number}
    # Beside it from the beginning stood parcels of their own: they replace it only where nothing newer does.
    newer = standing - {one.tracking_number for one in facts.numbered if one.named_at <= _named_at(number, facts)}
    return tuple(sorted(newer or standing))


def _named_at(number: str, facts: OrderFacts) -> datetime:
    return min(one.named_at for one in facts.numbered if one.tracking_number == number)


def _redone(undone: Sequence[FulfilmentSnapshot], known: Sequence[FulfilmentSnapshot]) -> list[FulfilmentSnapshot]:
    lines = {item.line_id for one in undone for item in one.items}
    begun = min((one.created_at for one in undone), default=None)
    return [
        one
        for one in known
        if begun and not one.cancelled and one.created_at >= begun and lines & {item.line_id for item in one.items}
    ]
