"""What every shop platform's order needs alike: parcels from parallel lists, shopper and recipient from its names."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from porchlight.domain.carrier_names import carrier_named
from porchlight.domain.fulfilments import HoldReason, HoldSnapshot, Parcel
from porchlight.domain.orders import Person
from porchlight.domain.tracking import normal_number

WEB = ("https://", "http://")


def parcels(company: str, numbers: Iterable[str], urls: Iterable[str]) -> tuple[Parcel, ...]:
    """Parcels of one packing, each number once; `urls` belong to the numbers at the same place and may be fewer."""
    clean = [normal_number(number) for number in numbers]
    url_of = dict(zip(clean, urls, strict=False))
    return tuple(
        Parcel(
            tracking_number=number,
            carrier=carrier_named(company),
            carrier_name=company,
            tracking_url=_web_address(url_of.get(number, "")),
        )
        for number in dict.fromkeys(filter(None, clean))
    )


def hold(order: str, updated_at: datetime, reason: HoldReason | None) -> HoldSnapshot:
    """Whether an order may be packed, where a store says it by the order's status; `reason` is `None` when it may."""
    return HoldSnapshot(hold_id=order, updated_at=updated_at, held=bool(reason), reason=reason or HoldReason.OTHER)


def shopper_and_recipient(contact: Person, buyers: Sequence[Person], receiver: Person) -> tuple[Person, Person]:
    """Who bought and who receives, as far as the parts of an order tell.

    Args:
        contact: The order's own e-mail, phone and locale; they reach the shopper.
        buyers: Names the order gives its buyer (account, billing address), the best first.
        receiver: Name and phone at the shipping address. When it is nobody of `buyers`, it has no e-mail: the order's
            belongs to the shopper.
    """
    named = next((buyer for buyer in buyers if _words(buyer)), Person())
    shopper = contact.model_copy(update={"first_name": named.first_name, "last_name": named.last_name})
    if is_gift(buyers, receiver):
        return shopper, receiver
    named = receiver if _words(receiver) else named
    reach = {"email": contact.email, "phone": receiver.phone or contact.phone, "locale": contact.locale}
    return shopper, named.model_copy(update=reach)


def is_gift(buyers: Sequence[Person], receiver: Person) -> bool:
    """Whether the receiver is none of the buyers' names: order of words, case and middle names do not count.

    False where either side has no name: an unknown buyer makes no gift.
    """
    theirs = _words(receiver)
    known = [words for words in map(_words, buyers) if words]
    return bool(theirs and known) and not any(theirs <= words or words <= theirs for words in known)


def _words(person: Person) -> frozenset[str]:
    return frozenset(f"{person.first_name} {person.last_name}".casefold().split())


def _web_address(text: str) -> str:
    """Only what a browser may follow: no `javascript:`, no bare word."""
    return text if text.lower().startswith(WEB) else ""
