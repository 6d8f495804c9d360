"""A shop to try faults on: the simulator's world without any fault of its own, and short words for what is asked of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.facts import order_id_of
from porchlight.domain.fold import fold
from porchlight.domain.ledger import Message
from porchlight.domain.state import OrderState
from porchlight.domain.store_news import StoreUpdate
from porchlight.pipeline.order_change import Lesson, change_order
from porchlight.pipeline.webhook_intake import take_in

from tests import payloads
from tests.simulation.faults import Calm, Plan
from tests.simulation.world import START, World

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ORDER = order_id_of("shopify", "shop", "1001")

__all__ = ["HOUR", "MINUTE", "ORDER", "START", "Shop"]


class Shop(World):
    """A world where nothing fails unless the test says so, and no order is reminded of that it is never packed."""

    def __init__(self, plan: Plan | None = None) -> None:
        super().__init__(0, plan or Calm())
        journey, brand = self.config.published
        calm = tuple(one for one in journey.touchpoints if one.id != "processing_delay")
        self.config.published = (journey.model_copy(update={"touchpoints": calm}), brand)

    def post(self, request: WebhookRequest, kind: str = "stores", code: str = "shopify", name: str = "shop") -> int:
        """One delivery; the HTTP status it is answered with."""
        return take_in(kind, code, name, request, self._intake)

    def order_webhook(self, topic: str = "orders/create", **changes: object) -> WebhookRequest:
        """A signed order."""
        body = payloads.order(START, **changes)  # type: ignore[arg-type]  # whatever the builder takes
        return payloads.from_shop(topic, payloads.as_bytes(body), self.now, delivery_id="d1")

    def told(self) -> list[str]:
        """Touchpoints of the mails that went out, in order."""
        return [mail.call.tags["touchpoint"] for mail in self.provider.mails]

    def state(self, order_id: str = ORDER) -> OrderState:
        """An order now."""
        return fold(self.table.facts[order_id][0])

    def message(self, message_id: str, order_id: str = ORDER) -> Message:
        """What became of a message."""
        held = self.table.rows[order_id, message_id].message
        assert held is not None
        return held

    def scanned(self, after: timedelta, number: str, scans: Sequence[tuple[datetime, str]], event_id: str) -> None:
        """The aggregator tells of these scans."""
        self.aggregator(after, payloads.tracker(number, *scans, event_id=event_id))

    def learns(self, after: timedelta, update: StoreUpdate) -> None:
        """The order's store says this, in whatever format."""
        self.later(after, lambda: change_order(ORDER, Lesson(store=update), self._evaluation.change, self.now) and None)

    def ordered_and_packed(self, *numbers: str, company: str = "Evri") -> None:
        """An order, and its fulfilment a minute later."""
        self.shop(0 * MINUTE, "orders/create", payloads.order(START))
        self.shop(MINUTE, "fulfillments/create", payloads.fulfilment(START, *numbers, company=company))
