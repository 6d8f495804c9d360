"""Which parcel holds what, as far as the store says.

A store lists the items of a packing, not of each of its parcels. So where a packing is spread over several parcels,
its items are known of these together. A box that holds several packings has the items of all; it also ties together
the parcels that each of them is spread over.
"""

from collections.abc import Iterable
from typing import NamedTuple, Self

from porchlight.domain.fulfilments import FulfilmentSnapshot, PackedItem, Parcel


class Contents(NamedTuple):
    """Parcels that nothing the store says can tell apart, and what is in them."""

    numbers: frozenset[str] = frozenset()
    items: tuple[PackedItem, ...] = ()

    def and_also(self, other: Self) -> "Contents":
        """Both together."""
        return Contents(self.numbers | other.numbers, (*self.items, *other.items))


class Packed(NamedTuple):
    """What the store says about one tracking number; parcel and fulfilment are the first that name it.

    A return leg is packed by nobody we know: it has no fulfilment.
    """

    parcel: Parcel
    fulfilment: FulfilmentSnapshot | None
    contents: Contents


def packed_parcels(standing: Iterable[FulfilmentSnapshot]) -> dict[str, Packed]:
    """Each number with its packing; `standing` are the fulfilments that count."""
    named: dict[str, tuple[Parcel, FulfilmentSnapshot]] = {}
    held: dict[str, Contents] = {}
    for fulfilment in standing:
        parcels = {one.tracking_number: one for one in fulfilment.parcels}
        named = {number: (parcel, fulfilment) for number, parcel in parcels.items()} | named
        touched = dict.fromkeys(held[number] for number in parcels if number in held)
        whole = Contents()
        for contents in (*touched, Contents(frozenset(parcels), fulfilment.items)):
            whole = whole.and_also(contents)
        held |= dict.fromkeys(whole.numbers, whole)
    return {number: Packed(parcel, fulfilment, held[number]) for number, (parcel, fulfilment) in named.items()}
