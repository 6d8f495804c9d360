"""F27, F40–F44, F47, F48: between the decision to send and what the provider says afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from porchlight.domain.errors import (
    ChannelSuspendedError,
    OutcomeUnknownError,
    PorchlightError,
    RateLimitedError,
    RejectedRecipientError,
    RenderError,
)
from porchlight.domain.ledger import MessageState
from porchlight.domain.links import person_digest
from porchlight.domain.messages import EmailCall, Intent, Receipt
from porchlight.pipeline import message_rendering
from porchlight.pipeline.message_sending import CLAIM, RETRY, SUSPENDED, send

from tests import payloads
from tests.journey.shop import HOUR, MINUTE, ORDER, START, Shop

CONFIRMED = "order_confirmed#order"
SPAM = "the shopper marked a message as spam"
INTENT = Intent(order_id=ORDER, message_id=CONFIRMED)


class Provider:
    """A mail provider that answers each call as it is told; honest when nothing is left to tell."""

    def __init__(self, shop: Shop, *answers: Callable[[EmailCall], Receipt] | PorchlightError) -> None:
        self._honest = shop.provider.send_email
        self._answers = list(answers)
        shop._sending = replace(shop._sending, transports=self)

    def send_email(self, call: EmailCall) -> Receipt:
        answer = self._answers.pop(0) if self._answers else self._honest
        if isinstance(answer, PorchlightError):
            raise answer
        return answer(call)


def silent(shop: Shop) -> None:
    """The provider's events do not come back."""
    shop.provider.accepted = lambda _: None


def accepts_without_an_answer(shop: Shop) -> Callable[[EmailCall], Receipt]:
    honest = shop.provider.send_email

    def answer(call: EmailCall) -> Receipt:
        honest(call)
        message = "no answer"
        raise OutcomeUnknownError(message)

    return answer


def ordered(shop: Shop) -> None:
    shop.shop(0 * MINUTE, "orders/create", payloads.order(START))


def test_f40_a_lost_answer_is_settled_by_the_send_event_and_nothing_is_doubled() -> None:
    shop = Shop()
    Provider(shop, accepts_without_an_answer(shop))
    ordered(shop)
    shop.run()

    assert shop.told() == ["order_confirmed"]
    message = shop.message(CONFIRMED)
    assert (message.state, message.provider_id, message.attempts) == (MessageState.SENT, "mail-1", 1)


def test_f40_without_any_event_the_mail_goes_again_after_the_claim_and_the_ledger_shows_it() -> None:
    shop = Shop()
    silent(shop)
    Provider(shop, accepts_without_an_answer(shop))
    ordered(shop)
    shop.run()

    first, second = shop.provider.mails
    assert second.at - first.at >= CLAIM
    assert (shop.message(CONFIRMED).state, shop.message(CONFIRMED).attempts) == (MessageState.SENT, 2)


def test_f41_a_throttled_mail_waits_a_minute_and_nothing_is_dropped() -> None:
    shop = Shop()
    Provider(shop, *[RateLimitedError("14 a second")] * 25)
    for index in range(20):
        shop.shop(0 * MINUTE, "orders/create", payloads.order(START, order_id=3000 + index))
    shop.run()

    assert shop.told() == ["order_confirmed"] * 20
    assert shop.messages.dead == []
    assert max(mail.at for mail in shop.provider.mails) >= START + RETRY


def test_f42_a_suspended_channel_keeps_its_messages_out_of_the_dead_letters() -> None:
    shop = Shop()
    suspended = [ChannelSuspendedError("paused")] * 12
    Provider(shop, *suspended)
    for index in range(4):
        shop.shop(0 * MINUTE, "orders/create", payloads.order(START, order_id=3000 + index))
    shop.run()

    assert shop.told() == ["order_confirmed"] * 4
    assert shop.messages.dead == []
    assert min(mail.at for mail in shop.provider.mails) >= START + 3 * SUSPENDED


def test_f42_what_is_too_old_when_the_channel_is_back_is_not_sent_and_says_so() -> None:
    shop = Shop()
    Provider(shop, *[ChannelSuspendedError("paused")] * 200)
    ordered(shop)
    shop.run()

    assert shop.told() == []
    assert shop.message(CONFIRMED).state is MessageState.SKIPPED
    assert "ago" in shop.message(CONFIRMED).outcome


def test_a_rejected_recipient_is_final_and_explained() -> None:
    shop = Shop()
    Provider(shop, RejectedRecipientError("not verified"))
    ordered(shop)
    shop.run()

    assert shop.told() == []
    assert shop.message(CONFIRMED).state is MessageState.FAILED
    assert "not verified" in shop.message(CONFIRMED).outcome


def test_f43_a_complaint_stored_between_decision_and_sending_stops_the_mail() -> None:
    shop = Shop()
    Provider(shop, RateLimitedError("slow down"))
    ordered(shop)
    complain = partial(shop.customers.suppress, person_digest(payloads.EMAIL), SPAM, until=None)
    shop.later(MINUTE / 2, complain)
    shop.run()

    assert shop.told() == []
    assert shop.message(CONFIRMED).state is MessageState.SKIPPED
    assert "spam" in shop.message(CONFIRMED).outcome


@pytest.mark.parametrize(
    ("kind", "said"),
    [("Bounce", payloads.bounced(payloads.EMAIL, permanent=True)), ("Complaint", payloads.complained(payloads.EMAIL))],
)
def test_f43_a_bounce_or_complaint_after_the_send_stops_the_next_mail(kind: str, said: payloads.Json) -> None:
    shop = Shop()
    shop.ordered_and_packed("EV1")
    shop.scanned(HOUR, "EV1", [(START + HOUR, "in_transit")], "e1")

    def complain() -> None:
        mail = shop.provider.mails[0]
        event = payloads.mail_event(kind, mail.provider_id, mail.call.tags, mail.call.to, shop.now, **said)
        shop.feedback.accept(event)
        shop.feedback.accept(event)

    shop.later(30 * MINUTE, complain)
    shop.run()

    assert shop.told() == ["order_confirmed"]


def test_f43_a_complaint_that_says_not_spam_stops_nothing() -> None:
    shop = Shop()
    shop.ordered_and_packed("EV1")
    shop.scanned(HOUR, "EV1", [(START + HOUR, "in_transit")], "e1")

    def relieve() -> None:
        mail = shop.provider.mails[0]
        said = payloads.complained(payloads.EMAIL) | {"complaintFeedbackType": "not-spam"}
        shop.feedback.accept(
            payloads.mail_event("Complaint", mail.provider_id, mail.call.tags, mail.call.to, shop.now, **said)
        )

    shop.later(30 * MINUTE, relieve)
    shop.run()

    assert shop.told()[:2] == ["order_confirmed", "shipped"]


def test_f44_the_third_soft_bounce_stops_mail_for_a_month_and_no_longer() -> None:
    shop = Shop()
    shop.bouncing[payloads.EMAIL] = "SoftBounce"
    for index in range(5):
        shop.shop(index * HOUR, "orders/create", payloads.order(START + index * HOUR, order_id=4000 + index))
    later = timedelta(days=31)
    shop.shop(later, "orders/create", payloads.order(START + later, order_id=4010))
    shop.run()

    assert [mail.at for mail in shop.provider.mails[3:]] == [shop.provider.mails[-1].at]
    assert len(shop.provider.mails) == 4
    assert shop.provider.mails[-1].at >= START + later


def test_f47_a_template_that_can_not_be_rendered_ends_as_failed_and_harms_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Loops, sizes and the fallback to the built-in text: `tests/channels`."""
    shop = Shop()
    render = message_rendering.render

    def failing(channel: str, told, *more: object):  # type: ignore[no-untyped-def]
        if told.touchpoint == "order_confirmed":
            message = "email/order_confirmed: ZeroDivisionError"
            raise RenderError(message)
        return render(channel, told, *more)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(message_rendering, "render", failing)  # the one way to have a broken built-in template
    shop.ordered_and_packed("EV1")
    shop.scanned(HOUR, "EV1", [(START + HOUR, "in_transit")], "e1")
    shop.run()

    assert shop.message(CONFIRMED).state is MessageState.FAILED
    assert shop.told()[0] == "shipped"
    assert shop.messages.dead == []


def test_f47_the_version_of_the_text_is_kept_with_the_message() -> None:
    shop = Shop()
    ordered(shop)
    shop.run()

    assert len(shop.message(CONFIRMED).template_version) == 12


def test_f48_an_order_cancelled_after_the_decision_is_not_confirmed() -> None:
    shop = Shop()
    gone = payloads.order(START, updated_at=START + MINUTE, cancelled_at=START + MINUTE)
    Provider(shop, RateLimitedError("slow down"))
    ordered(shop)
    shop.shop(MINUTE / 2, "orders/cancelled", gone)
    shop.run()

    assert shop.told() == ["cancelled"]
    assert shop.message(CONFIRMED).state is MessageState.SKIPPED
    assert "cancelled" in shop.message(CONFIRMED).outcome


def test_f48_a_mail_that_waited_goes_to_the_address_the_order_has_now() -> None:
    shop = Shop()
    moved = payloads.order(START, updated_at=START + MINUTE, email="ada@new.example")
    Provider(shop, RateLimitedError("slow down"))
    ordered(shop)
    shop.shop(MINUTE / 2, "orders/updated", moved)
    shop.run()

    assert [mail.call.to for mail in shop.provider.mails] == ["ada@new.example"]


def test_f48_a_worker_that_finds_it_moot_does_not_overwrite_the_one_that_is_sending() -> None:
    shop = Shop()
    gone = payloads.order(START, updated_at=START + MINUTE, cancelled_at=START + MINUTE)
    honest = shop.provider.send_email

    def meanwhile(call: EmailCall) -> Receipt:
        receipt = honest(call)
        shop.post(payloads.from_shop("orders/cancelled", payloads.as_bytes(gone), shop.now, delivery_id="d2"))
        shop.now += timedelta(seconds=2)
        shop.updates.work()
        send(INTENT, shop._sending, shop.now)
        return receipt

    Provider(shop, meanwhile)
    ordered(shop)
    shop.run()

    assert shop.state().cancelled
    assert shop.told() == ["order_confirmed", "cancelled"]
    assert shop.message(CONFIRMED).state is MessageState.SENT


@pytest.mark.parametrize("times", [2, 5])
def test_f27_the_same_intent_delivered_again_is_sent_once(times: int) -> None:
    shop = Shop()
    ordered(shop)
    shop.later(
        timedelta(seconds=1), lambda: [shop.messages.accept(INTENT.model_dump_json()) for _ in range(times)] and None
    )
    shop.later(HOUR, lambda: shop.messages.accept(INTENT.model_dump_json()))
    shop.run()

    assert shop.told() == ["order_confirmed"]


def test_a_missing_setting_keeps_the_message_until_it_is_there() -> None:
    """An operator's mistake is no reason to give a message up."""
    from porchlight.domain.errors import PermanentError

    shop = Shop()
    brand, away = shop.config.brand, [True]

    def unpublished() -> object:
        if away[0]:
            message = "reading of config/brand.json: NoSuchKey"
            raise PermanentError(message)
        return brand()

    shop.config.brand = unpublished  # type: ignore[method-assign,assignment]  # nothing is published yet
    ordered(shop)
    shop.later(40 * MINUTE, lambda: away.clear() or away.append(False))
    shop.run()

    assert shop.told() == ["order_confirmed"]
