"""Between the decision and the send the world moves on (F43, F48): what is then said, to whom, and how often."""

from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage

from porchlight.domain.brand import Brand
from porchlight.domain.journeys import Journey
from porchlight.domain.ledger import LedgerRow, MessageState, Outcome
from porchlight.domain.messages import Intent
from porchlight.domain.orders import Person
from porchlight.domain.status import Status
from porchlight.domain.store_news import StoreUpdate
from porchlight.pipeline.errands import SendingPorts
from porchlight.pipeline.message_sending import send
from porchlight.pipeline.order_change import ChangePorts, Lesson, change_order

from tests.domain.stories import (
    JOURNEY,
    NOTHING,
    ONE,
    TWO,
    Statement,
    fulfilment,
    hours,
    only,
    order,
    says,
    scan,
    store_says,
)
from tests.fakes import (
    FakeAccounts,
    FakeConfig,
    FakeCustomers,
    FakeLanes,
    FakeQueue,
    FakeSecrets,
    FakeTable,
    MailProvider,
)

S = Status
BRAND = Brand(name="Oak & Ember", sender_name="Oak & Ember", shop_url="https://oak.example")
OUT_ONE, OUT_TWO = (f"out_for_delivery#{number}.2026-06-01" for number in (ONE, TWO))
PACKED = store_says(order=order(items=2), packed=[fulfilment(ONE, TWO, lines=(1, 2))])


class Desk:
    """One order, the stage that decides and the stage that sends; whoever calls `sends` is the queue between them."""

    def __init__(self, journey: Journey) -> None:
        self.now = hours(0)
        self.table, self.customers, self.intents = FakeTable(), FakeCustomers(), FakeQueue()
        self.provider = MailProvider(lambda: self.now)
        secrets, config = FakeSecrets({}, ["k" * 32]), FakeConfig(journey, BRAND)
        self._change = ChangePorts(
            self.table, FakeAccounts(), self.intents, config, secrets, self.customers, FakeLanes(), FakeQueue()
        )
        self._sending = SendingPorts(
            orders=self.table,
            outbox=self.table,
            customers=self.customers,
            secrets=secrets,
            config=config,
            transports=self.provider,
            updates=FakeQueue(),
            page_url="https://track.example",
            sender="orders@oak.example",
        )

    def hears(self, at: float, *statements: Statement) -> "Desk":
        """Learn one statement after the other, as evaluation does."""
        self.now = hours(at)
        for one in statements:
            heard = Lesson(store=one, fresh=NOTHING) if isinstance(one, StoreUpdate) else Lesson(tracking=one)
            assert change_order(NOTHING.order_id, heard, self._change, self.now)
        return self

    def sends(self, at: float) -> list[EmailMessage]:
        """Handle every intent the queue ever carried, once more; all mails that have gone out by then."""
        self.now = hours(at)
        for body in self.intents.sent:
            send(Intent.model_validate_json(body), self._sending, self.now)
        return [message_from_bytes(mail.call.raw, policy=policy.default) for mail in self.provider.mails]

    def row(self, decision_id: str) -> LedgerRow:
        row = self.table.read(NOTHING.order_id).ledger.get(decision_id)
        assert row is not None
        return row

    def waiting(self) -> list[str]:
        """Messages that the schedule would send again."""
        return [subject for _, _, _, kind, subject in self.table.index() if kind == "message"]


def both_out() -> Desk:
    """Two parcels in the van, decided as one message that has not been sent yet."""
    desk = Desk(only("out_for_delivery")).hears(1, PACKED)
    desk.hears(7, *(says(number, scan(7, S.IN_TRANSIT)) for number in (ONE, TWO)))
    desk.hears(8, *(says(number, scan(8, S.OUT_FOR_DELIVERY)) for number in (ONE, TWO)))
    assert desk.row(OUT_ONE).decision.tells == (OUT_ONE, OUT_TWO)
    assert desk.row(OUT_TWO).decision.outcome is Outcome.MERGE
    return desk


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def test_when_the_leading_news_is_overtaken_the_other_parcel_is_still_told() -> None:
    desk = both_out().hears(8.2, says(ONE, scan(8.1, S.DELIVERED)))

    [mail] = desk.sends(8.3)

    assert "rest of your order" in mail["Subject"]
    assert f"Tracking number: {TWO}" in text_of(mail)
    assert f"Tracking number: {ONE}" not in text_of(mail)
    assert desk.row(OUT_ONE).message.state is MessageState.SENT  # type: ignore[union-attr]


def test_when_other_news_leads_now_the_mail_is_of_its_kind() -> None:
    problems = tuple(one for one in JOURNEY.touchpoints if one.id in {"exception", "delayed"})
    desk = Desk(Journey(version="test", touchpoints=problems)).hears(1, PACKED)
    days = [says(TWO, estimate=date(2026, 6, day), heard=heard) for heard, day in ((2, 3), (8, 6))]
    desk.hears(8, says(ONE, scan(7, S.IN_TRANSIT)), *days).hears(8.1, says(ONE, scan(8.1, S.EXCEPTION)))
    lead = f"exception#{ONE}.none"
    assert desk.row(lead).decision.tells == (lead, f"delayed#{TWO}.2026-06-06")

    desk.hears(8.2, says(ONE, scan(8.15, S.IN_TRANSIT, code="freed")))

    [mail] = desk.sends(8.3)
    assert [one.call.tags["touchpoint"] for one in desk.provider.mails] == ["delayed"]
    assert f"Tracking number: {TWO}" in text_of(mail)
    assert f"Tracking number: {ONE}" not in text_of(mail)


def test_when_all_of_it_is_overtaken_nothing_is_sent_and_the_ledger_says_why() -> None:
    desk = both_out().hears(8.2, *(says(number, scan(8.1, S.DELIVERED)) for number in (ONE, TWO)))

    assert desk.sends(8.3) == []
    message = desk.row(OUT_ONE).message
    assert message is not None
    assert message.state is MessageState.SKIPPED
    assert message.outcome == "overtaken: the parcel is delivered by now"
    assert message.attempts == 0
    assert desk.waiting() == []


def test_an_address_that_changed_before_the_send_is_the_one_written_to() -> None:
    moved = order(updated=8.1, items=2, shopper=Person(first_name="Ada", email="ada.new@example.com", locale="en"))
    desk = both_out().hears(8.2, store_says(order=moved))

    [mail] = desk.sends(8.3)

    assert mail["To"] == "ada.new@example.com"
    assert [one.call.to for one in desk.provider.mails] == ["ada.new@example.com"]


def test_an_intent_that_comes_again_and_again_sends_one_mail() -> None:
    desk = both_out()
    assert desk.waiting() == [OUT_ONE]
    for _ in range(3):
        assert len(desk.sends(8.3)) == 1
    desk.hears(8.4, says(ONE, scan(8.35, S.DELIVERED)))
    assert len(desk.sends(9)) == 1
    assert desk.row(OUT_ONE).message.attempts == 1  # type: ignore[union-attr]
    assert desk.waiting() == []


def test_the_intent_of_news_that_travels_with_another_message_sends_nothing() -> None:
    desk = both_out()
    desk.intents.sent = [Intent(order_id=NOTHING.order_id, message_id=OUT_TWO).model_dump_json()]
    assert desk.sends(8.3) == []
    assert desk.row(OUT_TWO).message is None
