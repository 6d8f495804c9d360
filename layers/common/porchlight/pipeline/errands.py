"""What message_sending has in hand: its ports, and one message on its way out."""

from dataclasses import dataclass

from porchlight.domain.ledger import Decision, LedgerRow, Message
from porchlight.domain.links import person_digest
from porchlight.domain.messages import Intent, Transports
from porchlight.domain.purposes import Audience
from porchlight.domain.sections import Section
from porchlight.domain.state import OrderState
from porchlight.pipeline.person_ports import Customers
from porchlight.pipeline.ports import Config, Orders, Outbox, Queue, Secrets
from porchlight.plugins import Channel


@dataclass(frozen=True, slots=True)
class SendingPorts:
    """What sending needs.

    Attributes:
        page_url: Where the tracking page lives, without a trailing slash.
        sender: The address messages come from.
    """

    orders: Orders
    outbox: Outbox
    customers: Customers
    secrets: Secrets
    config: Config
    transports: Transports
    updates: Queue
    page_url: str
    sender: str


@dataclass(frozen=True, slots=True)
class Errand:
    """One message on its way out.

    Attributes:
        row: Its ledger row.
        address: Where it goes.
        news: What of it is still worth telling, the most important first.
        also: What it tells of the shopper's other orders.
    """

    intent: Intent
    row: LedgerRow
    message: Message
    state: OrderState
    channel: Channel
    address: str = ""
    news: tuple[Decision, ...] = ()
    also: tuple[Section, ...] = ()

    @property
    def told(self) -> tuple[Decision, ...]:
        """All it tells, of whichever order."""
        return (*self.news, *(one for section in self.also for one in section.told))

    @property
    def for_merchant(self) -> bool:
        """It goes to the shop itself."""
        return self.row.decision.audience is Audience.MERCHANT

    @property
    def person(self) -> str:
        """Who gets it, as `Customers` knows them: the same for every channel, as when deciding."""
        order = self.state.order
        mail = order.shopper.email if order and not self.for_merchant else ""
        return person_digest(mail or self.address)
