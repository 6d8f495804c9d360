"""What leads to an order: its parcels' numbers, its own number, what its shopper proves it with, the list of its shop.

Its shopper is told of it too, so that their orders can be counted.

Links are made before the order is written: one that leads nowhere harms nobody, an order that can not be found does.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime

from porchlight.domain.facts import OrderFacts
from porchlight.domain.fulfilments import FulfilmentSnapshot, ReturnSnapshot
from porchlight.domain.links import lookup_digest, person_digest
from porchlight.domain.supply import Purchase, purchase_of
from porchlight.pipeline.person_ports import Customers
from porchlight.pipeline.ports import Orders, Secrets


@dataclass(frozen=True, slots=True)
class Links:
    """The links of orders."""

    orders: Orders
    secrets: Secrets
    customers: Customers

    def follow(self, before: OrderFacts | None, after: OrderFacts, said: Set[str], now: datetime) -> None:
        """Make the order findable by what it did not have before (`None`: it is not stored yet).

        A number is linked even when it is heard of (`said`) only after it was replaced: its scans belong to the
        order's history.
        """
        numbers = sorted((_numbers(after) | said) - (_numbers(before) if before else set()))
        if numbers:
            self.orders.link_numbers(after.order_id, numbers, now)
        if before is None:
            self.orders.link_shop(after.order_id, f"{after.store}/{after.connection}", now)
        elif after.erased and not before.erased:
            self._forget_proof(before)
        identity = _identity(after)
        if identity and (before is None or identity != _identity(before)):
            digest = lookup_digest(*identity, self.secrets.link_keys()[0])
            self.orders.link_lookup(after.order_id, identity[0], digest, now)
        bought = _bought(after)
        if bought and (before is None or bought != _bought(before)):
            email, purchase = bought
            self.customers.note_order(person_digest(email), purchase, now)

    def _forget_proof(self, before: OrderFacts) -> None:
        """While the order still knows the address, without which the link could not be found again."""
        identity = _identity(before)
        for link_key in self.secrets.link_keys():
            if identity:
                self.orders.unlink_lookup(lookup_digest(*identity, link_key))


def _numbers(facts: OrderFacts) -> set[str]:
    return _named(facts.fulfilments) | _named(facts.returns)


def _named(snapshots: Iterable[FulfilmentSnapshot | ReturnSnapshot]) -> set[str]:
    return {parcel.tracking_number for snapshot in snapshots for parcel in snapshot.parcels}


def _bought(facts: OrderFacts) -> tuple[str, Purchase] | None:
    """By whom, and what."""
    email = facts.order.shopper.email.strip() if facts.order else ""
    return (email, purchase_of(facts.order_id, facts.order)) if facts.order and email else None


def _identity(facts: OrderFacts) -> tuple[str, str] | None:
    """What a shopper proves an order with: its number and the e-mail address."""
    if facts.order is None:
        return None
    return facts.order.number, facts.order.shopper.email
