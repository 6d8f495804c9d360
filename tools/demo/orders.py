"""The week's orders as data: who bought what, how it was packed, what happens to each parcel, and which mails follow.

`sent` lists the touchpoints whose mails must arrive, `not_sent` those that are decided and not sent. Both are written
by hand from the journey, not computed, so that the check compares two independent accounts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.demo.shop_clock import at
from tools.demo.stories import Story

if TYPE_CHECKING:
    from tools.demo.shop import Teller

PACKED = at("Mon", "12:00")


@dataclass(frozen=True, slots=True)
class Person:
    """An invented customer. `email` may be empty."""

    first_name: str
    last_name: str
    email: str
    locale: str = "en-US"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One tracking number and its life.

    Attributes:
        carrier: Code of the simulated vendor that knows it; empty for one nobody asks.
        mover: Code of who moves it, where that vendor is an aggregator.
        others: Further vendors that know it, each with its own idea of what happens.
    """

    number: str
    carrier: str
    story: Story
    mover: str = ""
    others: tuple[tuple[str, Story], ...] = ()

    @property
    def sources(self) -> tuple[tuple[str, Story], ...]:
        """Every vendor that knows it."""
        return ((self.carrier, self.story), *self.others) if self.carrier else ()


@dataclass(frozen=True, slots=True)
class Packing:
    """One fulfilment: which of the order's lines (by place) travel in which parcels."""

    company: str
    parcels: tuple[Parcel, ...]
    lines: tuple[int, ...] = (0, 1, 2)
    hour: float = PACKED


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook of a store, to be sent at `hour`. Equal deliveries are repeats of one another."""

    hour: float
    topic: str
    body: Mapping[str, object]
    delivery: str
    store: str = "shopify"


@dataclass(frozen=True, slots=True)
class Order:
    """One order of the week.

    Attributes:
        why: What it shows, in a few words.
        placed: Hour of the order.
        lines: Titles of what was bought, `Title / Variant`; a title that starts with `~` is a download.
        receiver: Name of who receives a gift; empty when the shopper does.
        tell: Makes the store's webhooks from it.
        sent: Touchpoints that are sent, in any order.
        not_sent: Touchpoints that are decided and dropped, or skipped at the last moment.
        mailbox: What the mailbox does with its mails: `""`, `bounces` or `complains`.
        store: Code of the store it was bought in.
        fulfilments: Whether WooCommerce's own Fulfillments hold its packings, and not metadata of the order.
    """

    number: int
    why: str
    person: Person
    town: str
    lines: tuple[str, ...]
    packings: tuple[Packing, ...]
    tell: "Callable[[Teller], list[Hook]]"
    sent: tuple[str, ...]
    not_sent: tuple[str, ...] = ()
    placed: float = field(default=at("Mon", "07:05"))
    receiver: tuple[str, str] = ("", "")
    mailbox: str = ""
    store: str = "shopify"
    fulfilments: bool = False

    @property
    def name(self) -> str:
        """As the shopper sees it."""
        return f"#{self.number}" if self.store == "shopify" else str(self.number)

    @property
    def parcels(self) -> list[Parcel]:
        """All of them."""
        return [parcel for packing in self.packings for parcel in packing.parcels]
