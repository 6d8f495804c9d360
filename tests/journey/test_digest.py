"""News of several orders of one shopper in one mail: each news told once, whatever fails, and nothing waits for ever."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from porchlight.domain.errors import OutcomeUnknownError, RateLimitedError, RejectedRecipientError
from porchlight.domain.facts import order_id_of
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.ledger import MessageState, Outcome
from porchlight.domain.limits import Cap, Caps, Limits
from porchlight.domain.messages import OutgoingMessage, Receipt, Transports
from porchlight.sandbox import sources

from tests import payloads
from tests.fakes.texting import TextChannel, add_texts
from tests.journey.shop import HOUR, MINUTE, START, Shop
from tests.journey.test_faults_sending import Provider
from tests.simulation.faults import KILLS, Fault, OneFault, Plan
from tests.simulation.invariants import broken

WINDOW = 30 * MINUTE
SHIPPED = Touchpoint(id="shipped", trigger=Trigger.FIRST_MOVEMENT, digest_window=WINDOW, fresh_for=24 * HOUR)
DELIVERED = Touchpoint(id="delivered", trigger=Trigger.DELIVERED, digest_window=WINDOW, fresh_for=24 * HOUR)
IN_THE_VAN = Touchpoint(id="out_for_delivery", trigger=Trigger.OUT_FOR_DELIVERY, fresh_for=24 * HOUR)
FIRST, SECOND, THIRD = (order_id_of("shopify", "shop", str(number)) for number in (1001, 1002, 1003))
LEAVES, NOON = 2 * HOUR, 9 * HOUR


def shop_with(*touchpoints: Touchpoint, plan: Plan | None = None, **journey: object) -> Shop:
    shop = Shop(plan)
    settings = {"touchpoints": touchpoints or (SHIPPED, DELIVERED), **journey}
    shop.config.published = (Journey.model_validate(settings), shop.config.brand())
    return shop


def ordered(
    shop: Shop, *numbers: int, moves: timedelta = LEAVES, apart: timedelta = 4 * MINUTE, **changes: object
) -> None:
    """Orders of one shopper, packed at once, whose parcels move one after the other and arrive a day later."""
    for place, number in enumerate(numbers):
        parcel, at = f"EV{number}", moves + place * apart
        body = payloads.order(START, order_id=number, **changes)  # type: ignore[arg-type]  # whatever the builder takes
        shop.shop(0 * MINUTE, "orders/create", body)
        shop.shop(MINUTE, "fulfillments/create", payloads.fulfilment(START, parcel, order_id=number, company="Evri"))
        scans = [(START + at, "in_transit"), (START + at + 24 * HOUR, "delivered")]
        shop.scanned(at, parcel, scans[:1], event_id=f"{number}a")
        shop.scanned(at + 24 * HOUR, parcel, scans, event_id=f"{number}b")


def texts(shop: Shop) -> list[tuple[str, str]]:
    """Subject and text of each mail."""
    mails = [message_from_bytes(mail.call.raw, policy=default) for mail in shop.provider.mails]
    return [(str(mail["Subject"]), mail.get_body(("plain",)).get_content()) for mail in mails]  # type: ignore[union-attr]


def outcomes(shop: Shop, decision: str = "shipped") -> dict[str, Outcome]:
    rows = ((order, row.decision) for (order, key), row in shop.table.rows.items() if key.startswith(decision))
    return {order: decision.outcome for order, decision in rows}


def said_of(shop: Shop, words: str) -> int:
    """Mails that tell this, in subject or text."""
    return sum(words in subject or words in text for subject, text in texts(shop))


def test_two_orders_that_leave_within_minutes_are_one_mail_with_a_section_each() -> None:
    shop = shop_with(SHIPPED)
    ordered(shop, 1001, 1002)
    shop.run()

    ((subject, text),) = texts(shop)
    assert subject == "News about your orders #1001, #1002"
    assert text.index("On its way: your order #1001") < text.index("On its way: your order #1002")
    assert "EV1001" in text
    assert "EV1002" in text
    assert outcomes(shop) == {FIRST: Outcome.SEND, SECOND: Outcome.MERGE}


def test_each_section_leads_to_the_page_of_its_own_order() -> None:
    shop = shop_with(SHIPPED)
    ordered(shop, 1001, 1002)
    shop.run()

    ((_, text),) = texts(shop)
    links = {line.rpartition(" ")[2] for line in text.splitlines() if "/#" in line}
    assert len(links) == 2


def test_the_ledgers_say_who_told_it_and_what_was_told_with_it() -> None:
    shop = shop_with(SHIPPED)
    ordered(shop, 1001, 1002)
    shop.run()

    lead, other = (shop.table.rows[order, f"shipped#EV{number}"] for order, number in ((FIRST, 1001), (SECOND, 1002)))
    assert other.decision.into == f"{FIRST} shipped#EV1001"
    assert other.decision.reason == "goes with the mail about order #1001 of the same shopper"
    assert lead.message is not None
    assert lead.message.also == (f"{SECOND} shipped#EV1002",)
    assert other.message is None
    assert other.due_at is None


def test_it_counts_as_one_message() -> None:
    shop = shop_with(SHIPPED, limits=Limits(caps=Caps(service=Cap(per_day=1))))
    ordered(shop, 1001, 1002)
    shop.run()

    assert len(shop.provider.mails) == 1
    assert [len(one.sent) for one in shop.customers.histories.values()] == [1]


def test_who_has_one_order_waits_for_nothing() -> None:
    shop = shop_with(SHIPPED)
    ordered(shop, 1001)
    ordered(shop, 1002, email="grace@example.com")
    shop.run()

    assert len(shop.provider.mails) == 2
    assert all(mail.at < START + LEAVES + 5 * MINUTE for mail in shop.provider.mails)


def test_an_order_that_has_arrived_is_not_waited_for() -> None:
    shop = shop_with(SHIPPED)
    ordered(shop, 1001)
    ordered(shop, 1002, moves=48 * HOUR)
    shop.run()

    second = shop.provider.mails[-1]
    assert second.at < START + 48 * HOUR + 5 * MINUTE


def test_news_that_nothing_joins_leaves_when_the_window_ends() -> None:
    shop = shop_with(SHIPPED)
    ordered(shop, 1001)
    ordered(shop, 1002, moves=6 * HOUR)
    shop.run()

    first, second = shop.provider.mails
    assert START + LEAVES + WINDOW <= first.at < START + LEAVES + WINDOW + 5 * MINUTE
    assert second.at > START + 6 * HOUR
    assert said_of(shop, "News about your orders") == 0


def test_more_orders_than_one_mail_holds_are_told_all_the_same() -> None:
    shop = shop_with(SHIPPED)
    ordered(shop, *range(1001, 1009), apart=MINUTE)
    shop.run()

    assert len(shop.provider.mails) < 5
    for number in range(1001, 1009):
        assert said_of(shop, f"EV{number}") == 1


def test_urgent_news_waits_for_no_other_order_and_takes_none_along() -> None:
    shop = shop_with(SHIPPED, IN_THE_VAN)
    ordered(shop, 1001)
    shop.shop(0 * MINUTE, "orders/create", payloads.order(START, order_id=1002))
    shop.shop(MINUTE, "fulfillments/create", payloads.fulfilment(START, "EV2", order_id=1002, company="Evri"))
    shop.scanned(LEAVES + 5 * MINUTE, "EV2", [(START + LEAVES + 5 * MINUTE, "out_for_delivery")], event_id="v")
    shop.run()

    van = next(mail for mail in shop.provider.mails if mail.call.tags["touchpoint"] == "out_for_delivery")
    assert van.at < START + LEAVES + 10 * MINUTE
    assert said_of(shop, "News about your orders") == 0


def test_what_was_overtaken_while_it_waited_is_not_told_and_the_other_is_told_alone() -> None:
    shop = shop_with(SHIPPED)
    ordered(shop, 1001, 1002)
    body = payloads.order(START, order_id=1001, cancelled_at=START + LEAVES + 10 * MINUTE)
    shop.shop(LEAVES + 10 * MINUTE, "orders/updated", body)
    shop.scanned(
        LEAVES + 12 * MINUTE,
        "EV1001",
        [(START + LEAVES, "in_transit"), (START + LEAVES + 12 * MINUTE, "delivered")],
        event_id="x",
    )
    shop.run()

    ((subject, text),) = texts(shop)
    assert subject == "On its way: your order #1002"
    assert "EV1001" not in text


def test_news_of_other_parcels_that_waited_travels_too() -> None:
    """Both wait: for the order's other parcel and for the other order."""
    shop = shop_with(SHIPPED.model_copy(update={"merge_window": WINDOW}))
    ordered(shop, 1001)
    shop.shop(0 * MINUTE, "orders/create", payloads.order(START, order_id=1002))
    shop.shop(MINUTE, "fulfillments/create", payloads.fulfilment(START, "EV2", "EV3", order_id=1002, company="Evri"))
    shop.scanned(LEAVES + 5 * MINUTE, "EV2", [(START + LEAVES + 5 * MINUTE, "in_transit")], event_id="v")
    shop.run()

    (subject, text), *_ = texts(shop)
    assert subject == "News about your orders #1001, #1002"
    assert "EV2" in text


@pytest.mark.parametrize("error", [RateLimitedError("slow down"), OutcomeUnknownError("no answer")])
def test_a_mail_that_is_tried_again_tells_the_same_orders(error: Exception) -> None:
    shop = shop_with(SHIPPED)
    Provider(shop, error)
    ordered(shop, 1001, 1002)
    shop.run()

    assert [subject for subject, _ in texts(shop)] == ["News about your orders #1001, #1002"]


@pytest.mark.parametrize("error", [RateLimitedError("slow down"), None])
def test_an_order_of_two_parcels_is_one_part_of_the_mail_at_every_try(error: Exception | None) -> None:
    shop = shop_with(SHIPPED)
    if error:
        Provider(shop, error)
    ordered(shop, 1001)
    shop.shop(0 * MINUTE, "orders/create", payloads.order(START, order_id=1002, lines=2))
    shop.shop(MINUTE, "fulfillments/create", payloads.fulfilment(START, "EV2", "EV3", order_id=1002, company="Evri"))
    for parcel, at in (("EV2", LEAVES + 3 * MINUTE), ("EV3", LEAVES + 5 * MINUTE)):
        shop.scanned(at, parcel, [(START + at, "in_transit")], event_id=parcel)
    shop.run()

    text = texts(shop)[0][1]
    assert "EV2" in text
    assert "EV3" in text
    assert text.count("your order #1002") == 1


def test_what_a_held_mail_took_along_is_told_when_its_own_news_is_overtaken() -> None:
    """A cap keeps the mail for a day; by then the first order has arrived and the second has not."""
    shop = shop_with(SHIPPED, limits=Limits(caps=Caps(service=Cap(per_day=1))))
    ordered(shop, 900, moves=LEAVES - HOUR, apart=0 * MINUTE)
    ordered(shop, 1001)
    shop.shop(0 * MINUTE, "orders/create", payloads.order(START, order_id=1002))
    shop.shop(MINUTE, "fulfillments/create", payloads.fulfilment(START, "EV1002", order_id=1002, company="Evri"))
    shop.scanned(LEAVES + 4 * MINUTE, "EV1002", [(START + LEAVES + 4 * MINUTE, "in_transit")], event_id="late")
    shop.scanned(20 * HOUR, "EV1001", [(START + LEAVES, "in_transit"), (START + 20 * HOUR, "delivered")], event_id="in")
    shop.run()

    assert said_of(shop, "On its way: your order #1002") == 1


def test_a_refused_mail_ends_as_failed_and_nothing_waits() -> None:
    shop = shop_with(SHIPPED)
    Provider(shop, RejectedRecipientError("no such mailbox"))
    ordered(shop, 1001, 1002)
    shop.run()

    assert shop.message("shipped#EV1001", FIRST).state is MessageState.FAILED
    assert shop.provider.mails == []


@pytest.mark.parametrize("has_form", [True, False])
def test_a_mail_about_several_orders_that_comes_back_is_followed_by_a_text(
    monkeypatch: pytest.MonkeyPatch, has_form: bool
) -> None:
    """Of the same orders, where texts have a form for that; else of the first."""
    add_texts(monkeypatch)
    if not has_form:
        monkeypatch.delitem(sources(), "sms/_digest.j2")
    said: list[str] = []
    honest = TextChannel.send

    def send(self: TextChannel, message: OutgoingMessage, transports: Transports) -> Receipt:
        said.append(message.text)
        return honest(self, message, transports)

    monkeypatch.setattr(TextChannel, "send", send)
    shop = shop_with(SHIPPED.model_copy(update={"channels": ("email", "sms")}))
    accepted = shop.provider.accepted
    shop.provider.accepted = lambda mail: None if "channel" in mail.call.tags else accepted(mail)
    shop.bouncing[payloads.EMAIL] = "SoftBounce"
    ordered(shop, 1001, 1002, moves=NOON)
    shop.run()

    [text] = said
    assert "EV1001" in text
    assert ("EV1002" in text) is has_form
    assert shop.message("shipped#EV1001#2", FIRST).state is MessageState.SENT


def calls() -> int:
    shop = shop_with(SHIPPED)
    ordered(shop, 1001, 1002, 1003)
    shop.run()
    return shop.points.calls


@pytest.mark.parametrize("fault", [*KILLS, Fault.FAIL_AFTER, Fault.TWICE, Fault.MEANWHILE])
def test_whoever_dies_or_comes_twice_each_news_is_told_and_none_twice(fault: Fault) -> None:
    for call in range(0, calls(), 5):
        shop = shop_with(SHIPPED, plan=OneFault(call, fault))
        ordered(shop, 1001, 1002, 1003)
        shop.run()
        assert broken(shop) == [], call
        told = [said_of(shop, f"EV{number}") for number in (1001, 1002, 1003)]
        resent = len(shop.table.journal.resent)
        assert all(1 <= times <= 1 + resent for times in told), (call, told)
