"""Texts to a shopper who hears much: three in 24 hours on one subject, over decisions that know nothing of each other."""

from datetime import datetime, timedelta

import pytest
from porchlight.domain.journeys import Touchpoint
from porchlight.domain.limits import Cap, Caps, Limits
from porchlight.domain.links import person_digest
from porchlight.domain.purposes import Purpose
from porchlight.domain.shopper import History, Sent
from porchlight.pipeline import peace

from tests import payloads
from tests.fakes.texting import add_texts
from tests.journey.shop import HOUR, MINUTE, ORDER, START, Shop
from tests.journey.test_peace import CONFIRMED, DAY, EIGHT_IN_BOISE, IN_THE_VAN, OFFER, ordered, shop_with
from tests.simulation.faults import KILLS, RACES, Fault, OneFault, Plan
from tests.simulation.invariants import too_many_texts
from tests.simulation.quick import quick

ANY = Limits(caps=Caps(service=Cap(), marketing=Cap()))
NOON = EIGHT_IN_BOISE - START + 4 * HOUR
PERSON = person_digest(payloads.EMAIL)
NEWS = CONFIRMED.model_copy(update={"channels": ("sms",)})
VAN = IN_THE_VAN.model_copy(update={"channels": ("sms", "email")})


@pytest.fixture(autouse=True)
def _texts(monkeypatch: pytest.MonkeyPatch) -> None:
    add_texts(monkeypatch)


def shop_of(*touchpoints: Touchpoint, plan: Plan | None = None) -> Shop:
    shop = shop_with(*touchpoints, plan=plan, limits=ANY)
    honest = shop.provider.accepted
    shop.provider.accepted = lambda mail: None if mail.call.tags.get("channel") == "sms" else honest(mail)
    return shop


def five_at_once(plan: Plan | None = None) -> Shop:
    names = ("order_confirmed", "reassurance", "survey", "loyalty", "referral")
    shop = shop_of(*(NEWS.model_copy(update={"id": name}) for name in names), plan=plan)
    ordered(shop, 1001, after=NOON)
    shop.run()
    return shop


def got(shop: Shop, *texts: tuple[datetime, str]) -> None:
    """Texts they had before, with their orders."""
    known = History()
    for at, order_id in texts:
        name = f"{at:%d%H%M}"
        one = Sent(at=at, order_id=order_id, message_id=name, touchpoint="t", purpose=Purpose.SERVICE, channel="sms")
        known = known.with_sent(one)
    shop.customers.histories[PERSON] = known


def test_of_five_texts_that_are_decided_at_once_two_leave_the_next_day() -> None:
    shop = five_at_once()

    times = [mail.at - START for mail in shop.provider.mails]
    assert len(times) == 5
    assert max(times[:3]) < NOON + 5 * MINUTE
    assert min(times[3:]) > NOON + DAY
    assert list(too_many_texts(shop)) == []


def test_an_urgent_fourth_text_about_an_order_comes_by_mail_at_once() -> None:
    shop = shop_of(VAN)
    got(shop, *((START + NOON - ago * HOUR, ORDER) for ago in (3, 2, 1)))
    shop.ordered_and_packed("EV1")
    shop.scanned(NOON, "EV1", [(START + NOON, "out_for_delivery")], event_id="e1")
    shop.run()

    (mail,) = shop.provider.mails
    assert "channel" not in mail.call.tags
    assert mail.at - START - NOON < 5 * MINUTE


def decided_before_the_third(plan: Plan | None = None) -> Shop:
    """The third text to this person leaves between the decision on a fourth and its sending."""
    shop = shop_of(VAN, plan=plan)
    got(shop, *((START + NOON - ago * HOUR, ORDER) for ago in (3, 2)))
    accept = shop.messages.accept

    def slow(body: str, delay: timedelta = timedelta()) -> None:
        accept(body, delay + MINUTE / 2)

    shop.messages.accept = slow  # type: ignore[method-assign]
    shop._make_stages()
    shop.ordered_and_packed("EV1")
    shop.scanned(NOON, "EV1", [(START + NOON, "out_for_delivery")], event_id="e1")
    latest = (START + NOON + MINUTE / 4, ORDER)
    shop.later(NOON + MINUTE / 4, lambda: got(shop, *((START + NOON - ago * HOUR, ORDER) for ago in (3, 2)), latest))
    shop.run()
    return shop


def test_an_urgent_text_that_is_one_too_many_when_it_is_sent_becomes_a_mail_too() -> None:
    shop = decided_before_the_third()

    (mail,) = shop.provider.mails
    assert "channel" not in mail.call.tags
    assert mail.at - START - NOON < 5 * MINUTE
    first, second = (row for _, row in sorted(shop.table.rows.items(), key=lambda one: one[0]))
    assert first.message
    assert first.message.outcome == "one text too many in 24 hours; another channel tells it"
    assert (second.decision.channel, second.decision.instead_of) == ("email", first.decision.decision_id)


def test_offers_for_two_orders_are_one_subject() -> None:
    offers = [OFFER.model_copy(update={"id": name, "channels": ("sms",)}) for name in ("cross_sell", "loyalty")]
    shop = shop_of(*offers)
    shop.customers.keep_choices(PERSON, shop.customers.choices(PERSON).allowing(Purpose.MARKETING, "sms", ("sms",)))
    ordered(shop, 1001, 1002, after=NOON)
    shop.run()

    times = [mail.at - START for mail in shop.provider.mails]
    assert [one < NOON + DAY for one in times] == [True, True, True, False]
    assert list(too_many_texts(shop)) == []


def test_the_invariant_sees_a_sender_that_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would prove nothing."""
    monkeypatch.setattr(peace, "text_limit_reached", lambda *_: None)
    assert list(too_many_texts(five_at_once())) != []


@pytest.mark.parametrize("fault", [*KILLS, *RACES])
def test_the_limit_holds_whatever_dies_or_comes_twice(fault: Fault) -> None:
    with quick():
        for call in range(decided_before_the_third().points.calls):
            shop = decided_before_the_third(OneFault(call, fault))
            assert {mail.call.tags.get("channel", "email") for mail in shop.provider.mails} == {"email"}, call
        for call in range(five_at_once().points.calls):
            shop = five_at_once(OneFault(call, fault))
            assert list(too_many_texts(shop)) == [], call
            assert {mail.call.tags["touchpoint"] for mail in shop.provider.mails} == {
                "order_confirmed",
                "reassurance",
                "survey",
                "loyalty",
                "referral",
            }, call
            assert max(mail.at for mail in shop.provider.mails) < START + NOON + DAY + timedelta(hours=2), call
