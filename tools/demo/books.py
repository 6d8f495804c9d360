"""The shop's books: what the deployed stack has stored about each order of the week, read with the shipped readers."""

from dataclasses import dataclass
from datetime import timedelta

from porchlight.aws.desk import DynamoDesk
from porchlight.aws.lanes import DynamoLanes
from porchlight.aws.orders import DynamoOrders
from porchlight.domain.explaining import Explained, Explanation, explain
from porchlight.domain.fold import fold
from porchlight.domain.mappings import UnmappedCode
from porchlight.domain.state import OrderState
from porchlight.domain.storms import Incident

from tools.demo.orders import Order
from tools.local_stack import LocalStack

_RETENTION = timedelta(days=1)
"""Nothing is written with it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One order, its ledger and its state; both are `None` when the stack does not know the order."""

    order: Order
    story: Explanation | None
    state: OrderState | None = None

    @property
    def decisions(self) -> list[Explained]:
        """Every row of its ledger."""
        return self.story["decisions"] if self.story else []

    @property
    def sent(self) -> list[str]:
        """Touchpoints whose message was sent."""
        return sorted(one["touchpoint"] for one in self.decisions if _state(one) == "sent")

    @property
    def along(self) -> list[str]:
        """Touchpoints that were told in the mail of another order of the shopper."""
        return sorted(one["touchpoint"] for one in self.decisions if " " in one["into"])

    @property
    def told(self) -> list[str]:
        """Touchpoints that were told, in a mail of its own or with another order."""
        return sorted([*self.sent, *self.along])

    @property
    def not_sent(self) -> list[str]:
        """Touchpoints that were dropped, or skipped at the last moment."""
        return sorted(
            one["touchpoint"] for one in self.decisions if one["outcome"] == "drop" or _state(one) == "skipped"
        )

    @property
    def merged(self) -> list[str]:
        """Touchpoints that were told in another message."""
        return sorted(one["touchpoint"] for one in self.decisions if one["outcome"] == "merge")


def _state(one: Explained) -> str:
    return one["message"]["state"] if one["message"] else ""


class Books:
    """Reads the orders table."""

    def __init__(self, stack: LocalStack) -> None:
        client = stack.session.client("dynamodb", endpoint_url=stack.endpoint)
        self._orders = DynamoOrders(client, stack.outputs["OrdersTable"], _RETENTION)
        self._desk = DynamoDesk(client, stack.outputs["OrdersTable"])
        self._lanes = DynamoLanes(client, stack.outputs["OrdersTable"])
        self._keys: dict[str, str] = {}

    def page(self, order: Order) -> Page:
        """An order's page."""
        if order.name not in self._keys:
            found = self._orders.by_name(order.name)
            if not found:
                return Page(order, None)
            self._keys[order.name] = found[0]
        record = self._orders.read(self._keys[order.name])
        if record is None:
            return Page(order, None)
        state = fold(record.facts)
        return Page(order, explain(record.ledger.values(), state), state)

    def knows(self, order_name: str) -> bool:
        """Whether there is an order of this name."""
        return bool(self._orders.by_name(order_name))

    def incidents(self) -> list[Incident]:
        """Every storm of the week."""
        return [one.incident for one in self._lanes.all_weather() if one.incident]

    def unmapped(self) -> list[UnmappedCode]:
        """What lies on the mapping desk."""
        return self._desk.unmapped()
