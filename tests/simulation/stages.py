"""The ports of each stage, wired as its handler wires them, with a place to fail around every call."""

from typing import TYPE_CHECKING

from porchlight.domain.messages import Transports
from porchlight.pipeline.carrier_polling import PollingPorts
from porchlight.pipeline.due_release import ReleasePorts
from porchlight.pipeline.errands import SendingPorts
from porchlight.pipeline.message_feedback import FeedbackPorts
from porchlight.pipeline.order_change import ChangePorts
from porchlight.pipeline.ports import Http
from porchlight.pipeline.rule_evaluation import EvaluationPorts
from porchlight.pipeline.store_reading import ReadingPorts
from porchlight.pipeline.tracking_api import PagePorts
from porchlight.pipeline.vendor_calls import Tokens
from porchlight.pipeline.webhook_intake import IntakePorts

from tests.fakes import FakeQueue

if TYPE_CHECKING:
    from tests.simulation.world import World


class Stages:
    """Makes the ports of each stage from what a world has.

    Args:
        world: Its storage and queues must be there.
        http: The way to the vendors' sites.
        transports: The way to the mail provider.
    """

    def __init__(self, world: "World", http: Http, transports: Transports) -> None:
        self._world = world
        guarded = world.points.guarded
        self.table, self.accounts = guarded(world.table, "table"), guarded(world.accounts, "accounts")
        self.secrets, self.config = guarded(world.secrets, "secrets"), guarded(world.config, "config")
        self.customers, self.privacy = guarded(world.customers, "customers"), guarded(world.privacy, "privacy")
        self.inbox, self.desk = guarded(world.inbox, "inbox"), guarded(world.desk, "desk")
        self.lanes = guarded(world.lanes, "lanes")
        self.http, self.transports = guarded(http, "http"), guarded(transports, "transports")
        self.updates, self.polling, self.messages, self.stores = (
            guarded(FakeQueue(world.queues[name].accept), name) for name in ("updates", "polling", "messages", "stores")
        )

    def intake(self) -> IntakePorts:
        return IntakePorts(secrets=self.secrets, updates=self.updates, inbox=self.inbox)

    def evaluation(self) -> EvaluationPorts:
        return EvaluationPorts(
            change=self._change(),
            watches=self.table,
            inbox=self.inbox,
            desk=self.desk,
            stores=self.stores,
            customers=self.customers,
            privacy=self.privacy,
        )

    def _change(self) -> ChangePorts:
        return ChangePorts(
            orders=self.table,
            accounts=self.accounts,
            messages=self.messages,
            config=self.config,
            secrets=self.secrets,
            customers=self.customers,
            lanes=self.lanes,
            updates=self.updates,
        )

    def polls(self) -> PollingPorts:
        return PollingPorts(
            watches=self.table,
            accounts=self.accounts,
            secrets=self.secrets,
            http=self.http,
            updates=self.updates,
            inbox=self.inbox,
            tokens=Tokens(),
            config=self.config,
        )

    def reading(self) -> ReadingPorts:
        return ReadingPorts(
            accounts=self.accounts,
            secrets=self.secrets,
            http=self.http,
            updates=self.updates,
            stores=self.stores,
            inbox=self.inbox,
            tokens=Tokens(),
        )

    def release(self) -> ReleasePorts:
        return ReleasePorts(
            schedule=self.table,
            accounts=self.accounts,
            updates=self.updates,
            polling=self.polling,
            messages=self.messages,
            stores=self.stores,
        )

    def sending(self) -> SendingPorts:
        return SendingPorts(
            orders=self.table,
            outbox=self.table,
            customers=self.customers,
            secrets=self.secrets,
            config=self.config,
            transports=self.transports,
            updates=self.updates,
            page_url="https://track.example",
            sender="shop@lampandlinen.example",
        )

    def feedback(self) -> FeedbackPorts:
        return FeedbackPorts(outbox=self.table, customers=self.customers, updates=self.updates)

    def page(self) -> PagePorts:
        """What a page reads of an order never fails here; what a shopper chooses on it may."""
        return PagePorts(
            orders=self._world.table,
            secrets=self._world.secrets,
            config=self._world.config,
            customers=self.customers,
            choices=self.customers,
            lanes=self._world.lanes,
        )
