"""A shopper's peace over all their orders: caps, consent, quiet hours; messages for the shop; journeys that only watch."""

from datetime import datetime, timedelta

import pytest
from porchlight.domain.errors import RateLimitedError
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.ledger import MessageState, Outcome
from porchlight.domain.limits import Cap, Caps, Limits
from porchlight.domain.links import person_digest
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.waits import Wait

from tests import payloads
from tests.journey.shop import HOUR, MINUTE, ORDER, START, Shop
from tests.journey.test_faults_sending import Provider
from tests.simulation.faults import KILLS, Fault, OneFault, Plan
from tests.simulation.quick import quick

DAY = 24 * HOUR
EIGHT_IN_BOISE = START.replace(hour=14)
"""The world begins there at three in the morning."""
CONFIRMED = Touchpoint(id="order_confirmed", trigger=Trigger.ORDER_PLACED, fresh_for=3 * DAY)
IN_THE_VAN = Touchpoint(id="out_for_delivery", trigger=Trigger.OUT_FOR_DELIVERY)
OFFER = Touchpoint(id="cross_sell", trigger=Trigger.ORDER_PLACED, purpose=Purpose.MARKETING, fresh_for=3 * DAY)
LATER = Touchpoint(id="survey", trigger=Trigger.ORDER_PLACED, wait=Wait(span=3 * DAY), fresh_for=DAY)
ALERT = Touchpoint(id="merchant_news", trigger=Trigger.ORDER_PLACED, audience=Audience.MERCHANT)
NARROW = Limits(caps=Caps(service=Cap(per_day=1), marketing=Cap(per_day=1)))
PERSON = person_digest(payloads.EMAIL)


def shop_with(*touchpoints: Touchpoint, plan: Plan | None = None, **journey: object) -> Shop:
    shop = Shop(plan)
    settings = {"touchpoints": touchpoints, "limits": NARROW, **journey}
    shop.config.published = (Journey.model_validate(settings), shop.config.brand())
    return shop


def ordered(shop: Shop, *orders: int, after: timedelta = 0 * MINUTE, **changes: object) -> None:
    for order_id in orders:
        body = payloads.order(START + after, order_id=order_id, **changes)  # type: ignore[arg-type]
        shop.shop(after, "orders/create", body)


def sent_at(shop: Shop) -> list[timedelta]:
    return [mail.at - START for mail in shop.provider.mails]


def test_two_orders_decided_at_once_do_not_exceed_a_cap_together_and_the_second_leaves_when_there_is_room() -> None:
    shop = shop_with(CONFIRMED)
    ordered(shop, 1001, 1002)
    shop.run()

    decided = [row.decision for row in shop.table.rows.values()]
    first, second = shop.provider.mails
    assert [one.outcome for one in decided] == [Outcome.SEND, Outcome.SEND]
    assert max(one.decided_at for one in decided) < first.at
    assert DAY <= second.at - first.at < DAY + 10 * MINUTE
    assert shop.told() == ["order_confirmed"] * 2


def test_orders_of_two_shoppers_share_no_cap() -> None:
    shop = shop_with(CONFIRMED)
    ordered(shop, 1001)
    ordered(shop, 1002, email="grace@example.com")
    shop.run()

    assert max(sent_at(shop)) < HOUR


def test_news_that_is_old_when_there_is_room_again_is_not_told() -> None:
    shop = shop_with(CONFIRMED.model_copy(update={"fresh_for": 6 * HOUR}))
    ordered(shop, 1001, 1002)
    shop.run()

    assert shop.told() == ["order_confirmed"]
    states = sorted(row.message.state for row in shop.table.rows.values() if row.message)
    assert states == [MessageState.SENT, MessageState.SKIPPED]


def test_urgent_news_is_told_over_the_cap_and_counts() -> None:
    shop = shop_with(CONFIRMED, IN_THE_VAN)
    shop.ordered_and_packed("EV1")
    shop.scanned(2 * HOUR, "EV1", [(START + 2 * HOUR, "out_for_delivery")], event_id="e1")
    shop.scanned(6 * HOUR, "EV1", [(START + 6 * HOUR, "delivered")], event_id="e2")
    shop.run()

    assert shop.told() == ["order_confirmed", "out_for_delivery"]
    assert sent_at(shop)[1] < 2 * HOUR + 5 * MINUTE
    assert len(shop.customers.shopper(PERSON, shop.now).history.sent) == 2


def test_a_mail_that_is_tried_again_counts_once() -> None:
    shop = shop_with(CONFIRMED)
    Provider(shop, RateLimitedError("slow down"), RateLimitedError("slow down"))
    ordered(shop, 1001)
    shop.run()

    assert shop.told() == ["order_confirmed"]
    assert len(shop.customers.histories[PERSON].sent) == 1


def test_a_message_for_the_shop_goes_there_and_nowhere_else_in_its_language_and_counts_for_nobody() -> None:
    shop = shop_with(ALERT)
    journey, brand = shop.config.published
    shop.config.published = (
        journey,
        brand.model_copy(update={"alerts_to": "desk@lampandlinen.example", "default_locale": "de"}),
    )
    ordered(shop, 1001, 1002, 1003)
    shop.run()

    assert [mail.call.to for mail in shop.provider.mails] == ["desk@lampandlinen.example"] * 3
    assert max(sent_at(shop)) < HOUR
    assert all(b"Content-Language: de" in mail.call.raw for mail in shop.provider.mails)
    assert shop.customers.histories == {}


def test_without_an_address_for_alerts_the_ledger_says_so() -> None:
    shop = shop_with(ALERT)
    ordered(shop, 1001)
    shop.run()

    decision = shop.table.rows[ORDER, "merchant_news#order"].decision
    assert (shop.told(), decision.outcome) == ([], Outcome.DROP)
    assert decision.reason == "the shop has named no address for alerts"


def test_a_bundle_never_mixes_what_is_for_the_shop_or_an_offer_with_news() -> None:
    together = (one.model_copy(update={"bundle": "all"}) for one in (CONFIRMED, OFFER, ALERT))
    shop = shop_with(*together)
    journey, brand = shop.config.published
    shop.config.published = (journey, brand.model_copy(update={"alerts_to": "desk@lampandlinen.example"}))
    ordered(shop, 1001, accepts_marketing=True)
    shop.run()

    by_touchpoint = {mail.call.tags["touchpoint"]: mail.call.to for mail in shop.provider.mails}
    desk = "desk@lampandlinen.example"
    assert by_touchpoint == {"order_confirmed": payloads.EMAIL, "cross_sell": payloads.EMAIL, "merchant_news": desk}


def test_no_offer_without_consent_and_with_it_in_the_morning() -> None:
    shop = shop_with(OFFER)
    ordered(shop, 1001)
    ordered(shop, 1002, accepts_marketing=True)
    shop.run()

    assert shop.table.rows[ORDER, "cross_sell#order"].decision.reason == "no consent to marketing by email"
    assert [mail.call.tags["touchpoint"] for mail in shop.provider.mails] == ["cross_sell"]
    assert EIGHT_IN_BOISE <= shop.provider.mails[0].at < EIGHT_IN_BOISE + 5 * MINUTE


def test_consent_withdrawn_between_decision_and_sending_counts() -> None:
    shop = shop_with(OFFER)
    Provider(shop, RateLimitedError("slow down"))
    after = EIGHT_IN_BOISE - START + HOUR
    ordered(shop, 1001, after=after, accepts_marketing=True)
    no = payloads.order(START + after, updated_at=START + after + MINUTE, accepts_marketing=False)
    shop.shop(after + MINUTE / 2, "orders/updated", no)
    shop.run()

    assert shop.told() == []
    assert shop.message("cross_sell#order").outcome == "no consent to marketing by email"


def test_an_offer_that_waited_for_its_provider_into_the_night_leaves_in_the_morning() -> None:
    shop = shop_with(OFFER)
    Provider(shop, *[RateLimitedError("slow down")] * 45)
    nearly_nine_at_night = 17 * HOUR + 40 * MINUTE
    ordered(shop, 1001, after=nearly_nine_at_night, accepts_marketing=True)
    shop.run()

    (mail,) = shop.provider.mails
    assert EIGHT_IN_BOISE + DAY <= mail.at < EIGHT_IN_BOISE + DAY + 2 * HOUR  # some refusals were left for the morning


def hold(shop: Shop, until: datetime) -> None:
    shop.customers.keep_choices(PERSON, shop.customers.choices(PERSON).changed(held_until=until))


@pytest.mark.parametrize("touchpoint", [CONFIRMED, CONFIRMED.model_copy(update={"urgent": True})])
def test_who_is_held_gets_nothing_before_the_day_and_what_is_still_news_on_it(touchpoint: Touchpoint) -> None:
    shop = shop_with(touchpoint)
    hold(shop, START + DAY)
    ordered(shop, 1001)
    shop.run()

    assert [DAY <= at < DAY + 10 * MINUTE for at in sent_at(shop)] == [True]


def test_a_hold_that_comes_between_decision_and_sending_counts() -> None:
    shop = shop_with(CONFIRMED)
    Provider(shop, RateLimitedError("slow down"))
    ordered(shop, 1001)
    shop.later(MINUTE / 2, lambda: hold(shop, START + DAY))
    shop.run()

    assert [DAY <= at < DAY + 10 * MINUTE for at in sent_at(shop)] == [True]


def test_news_that_is_old_when_a_hold_ends_is_not_told() -> None:
    shop = shop_with(CONFIRMED)
    hold(shop, START + 4 * DAY)
    ordered(shop, 1001)
    shop.run()

    assert shop.told() == []
    assert "happened" in shop.table.rows[ORDER, "order_confirmed#order"].decision.reason


def test_a_journey_that_only_watches_sends_nothing_and_says_what_it_would_have() -> None:
    shop = shop_with(CONFIRMED, OFFER, shadow=True)
    ordered(shop, 1001, 1002)
    shop.run()

    rows = {key: row for (order, key), row in shop.table.rows.items() if order == ORDER}
    assert shop.told() == []
    assert shop.customers.histories == {}
    assert rows["order_confirmed#order"].decision.outcome is Outcome.SHADOW
    assert "would have been sent" in rows["order_confirmed#order"].decision.reason
    assert rows["order_confirmed#order"].message is None
    assert rows["cross_sell#order"].decision.outcome is Outcome.DROP


def test_what_waits_to_be_sent_is_not_sent_once_the_journey_only_watches() -> None:
    shop = shop_with(CONFIRMED)
    Provider(shop, RateLimitedError("slow down"))
    ordered(shop, 1001)

    def watch() -> None:
        journey, brand = shop.config.published
        shop.config.published = (journey.model_copy(update={"shadow": True}), brand)

    shop.later(MINUTE / 2, watch)
    shop.run()

    assert shop.told() == []
    assert shop.message("order_confirmed#order").outcome == "the journey only watches by now"


@pytest.mark.parametrize("fault", [*KILLS, Fault.TWICE])
def test_a_touchpoint_with_a_wait_is_told_once_whatever_dies_or_comes_twice(fault: Fault) -> None:
    with quick():
        calm = _waited(None)
        assert calm.told() == ["survey"]
        for call in range(calm.points.calls):
            shop = _waited(OneFault(call, fault))
            # A sender that dies after the provider took the mail is the one documented double.
            assert shop.told() in (["survey"], ["survey"] * 2 if fault is Fault.KILL_AFTER else ["survey"])
            assert min(sent_at(shop)) >= 3 * DAY


def _waited(plan: Plan | None) -> Shop:
    shop = shop_with(LATER, plan=plan)
    ordered(shop, 1001)
    shop.run()
    return shop
