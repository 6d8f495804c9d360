"""From what shoppers do with messages and pages to what they get next: best hours, variants, groups, counts."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.deeds import Engagement
from porchlight.domain.effects import Tally
from porchlight.domain.engagement import Act, weight_of
from porchlight.domain.errors import ConflictError, PermanentError, RateLimitedError, TransientError
from porchlight.domain.experiments import Experiment, Variant
from porchlight.domain.journey_checks import compiled
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.ledger import MessageState
from porchlight.domain.limits import Cap, Caps, Limits
from porchlight.domain.links import person_digest, sign_link
from porchlight.domain.mail_events import parse_mail_event
from porchlight.domain.messages import EmailCall, Intent, Receipt
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.segments import Segment
from porchlight.domain.shopper import History, Response, Sent, Shopper
from porchlight.domain.supply import Purchase
from porchlight.pipeline.learning import Happening, Learner
from porchlight.pipeline.message_tags import tag_of
from porchlight.pipeline.tracking_api import answer

from tests import payloads
from tests.fakes import FakeCustomers
from tests.fakes.outside import Mail
from tests.journey.shop import HOUR, MINUTE, ORDER, START, Shop
from tests.journey.test_faults_sending import Provider, accepts_without_an_answer, silent

DAY = 24 * HOUR
BOISE = ZoneInfo("America/Boise")
PERSON = person_digest(payloads.EMAIL)
WIDE = Limits(caps=Caps(service=Cap(per_day=50, per_week=200), marketing=Cap(per_day=50, per_week=200)))
CONFIRMED = Touchpoint(id="order_confirmed", trigger=Trigger.ORDER_PLACED)
TEN_IN_BOISE = START.replace(hour=16) - START


class Readers(Shop):
    """A shop whose mails are read as `reads` says: at which moment each mail is opened or clicked, if at all."""

    def __init__(self, *touchpoints: Touchpoint, **journey: object) -> None:
        self.reads: Callable[[Mail], dict[str, datetime]] = lambda _: {}
        super().__init__()
        made = Journey.model_validate({"touchpoints": touchpoints, "limits": WIDE, **journey})
        self.config.published = (compiled(made), self.config.brand())

    def _mail_accepted(self, mail: Mail) -> None:
        super()._mail_accepted(mail)
        for kind, at in self.reads(mail).items():
            self.says(kind, mail, at)

    def says(self, kind: str, mail: Mail, at: datetime, **said: object) -> None:
        """The provider tells of it when it happens."""
        body = payloads.mail_event(kind, mail.provider_id, mail.call.tags, mail.call.to, at, **said)
        self.later(max(at - self.now, timedelta(0)), lambda: self.feedback.accept(body))

    def orders(self, after: timedelta, number: int, email: str = payloads.EMAIL, **changes: object) -> None:
        """Somebody orders."""
        body = payloads.order(START + after, order_id=number, email=email, **changes)  # type: ignore[arg-type]
        self.shop(after, "orders/create", body)

    def shopper(self, person: str = PERSON) -> Shopper:
        return self.customers.shopper(person, self.now)


def at_eight_in_the_evening(mail: Mail) -> dict[str, datetime]:
    local = mail.at.astimezone(BOISE)
    return {"Open": datetime.combine(local.date(), time(20, 10), BOISE).astimezone(mail.at.tzinfo)}


def clicks_at_once(mail: Mail) -> dict[str, datetime]:
    return {"Click": mail.at + 5 * MINUTE}


def confirmed_shop(**journey: object) -> Readers:
    """One order, confirmed."""
    shop = Readers(CONFIRMED, **journey)
    shop.orders(TEN_IN_BOISE, 1001)
    shop.run()
    return shop


def test_opens_in_the_evening_for_weeks_move_a_message_to_the_evening() -> None:
    tips = Touchpoint(id="how_to_use", trigger=Trigger.ORDER_PLACED, best_hour=True, fresh_for=2 * DAY)
    shop = Readers(CONFIRMED)
    shop.reads = at_eight_in_the_evening
    for day in range(28):
        shop.orders(TEN_IN_BOISE + day * DAY, 2000 + day)
    shop.later(28 * DAY, lambda: setattr(shop.config, "published", (Journey(touchpoints=(tips,)), shop.config.brand())))
    shop.orders(TEN_IN_BOISE + 28 * DAY, 1001)
    shop.orders(TEN_IN_BOISE + 28 * DAY, 1002, "grace@example.com")
    shop.run()

    late = {mail.call.to: mail.at.astimezone(BOISE) for mail in shop.provider.mails[28:]}
    assert {to: (at.date() - START.date()).days for to, at in late.items()} == dict.fromkeys(late, 28)
    assert late[payloads.EMAIL].hour == 20
    assert late["grace@example.com"].hour == 20, "she is read as the shop's other shoppers read"
    told = [verdict.sentence for verdict in shop.table.rows[ORDER, "how_to_use#order"].decision.verdicts]
    assert "no better hour is near" in told


def test_without_any_open_the_same_message_leaves_at_once() -> None:
    tips = Touchpoint(id="how_to_use", trigger=Trigger.ORDER_PLACED, best_hour=True, fresh_for=2 * DAY)
    shop = Readers(tips)
    shop.orders(TEN_IN_BOISE, 1001)
    shop.run()
    assert shop.provider.mails[0].at.astimezone(BOISE).hour == 10


def test_an_experiment_that_learns_shifts_to_the_variant_that_is_clicked() -> None:
    variants = (Variant(id="usual"), Variant(id="plain"))
    shop = Readers(CONFIRMED.model_copy(update={"experiment": Experiment(variants=variants, learns=True)}))
    shop.reads = lambda mail: clicks_at_once(mail) if variant_of(shop, mail) == "plain" else {}
    for number in range(120):
        shop.orders(number * HOUR, 3000 + number, f"shopper{number}@example.com")
    shop.run()

    given = [variant_of(shop, mail) for mail in shop.provider.mails]
    assert len(given) == 120
    assert "usual" in given[:40]
    assert given[80:].count("plain") >= 35
    counted = shop.customers.counted["order_confirmed"]
    assert counted["plain"] == Tally(sent=given.count("plain"), successes=given.count("plain"))
    assert counted["usual"] == Tally(sent=given.count("usual"))


def variant_of(shop: Shop, mail: Mail) -> str:
    order_id = mail.call.tags["message"].split(".")[0]
    return shop.table.rows[order_id, "order_confirmed#order"].decision.variant


def test_a_variant_that_is_complained_of_is_no_longer_used() -> None:
    tried = Experiment(variants=(Variant(id="usual"), Variant(id="loud")), most_harm=0.01)
    shop = Readers(CONFIRMED.model_copy(update={"experiment": tried}))

    def complains(mail: Mail) -> dict[str, datetime]:
        if variant_of(shop, mail) == "loud":
            shop.says("Complaint", mail, mail.at + MINUTE, **payloads.complained(mail.call.to))
            shop.says("Complaint", mail, mail.at + 2 * HOUR, **payloads.complained(mail.call.to))
        return {}

    shop.reads = complains
    for number in range(40):
        shop.orders(number * HOUR, 3000 + number, f"shopper{number}@example.com")
    shop.run()

    given = [variant_of(shop, mail) for mail in shop.provider.mails]
    counted = shop.customers.counted["order_confirmed"]["loud"]
    assert counted == Tally(sent=given.count("loud"), harms=given.count("loud"))
    assert 1 <= given.count("loud") < 5
    assert set(given[20:]) == {"usual"}


def test_what_comes_twice_late_or_in_another_order_is_learned_once() -> None:
    experiment = Experiment(variants=(Variant(id="usual"),))
    shop = Readers(CONFIRMED.model_copy(update={"experiment": experiment}))
    shop.orders(TEN_IN_BOISE, 1001)
    shop.run()
    [mail] = shop.provider.mails
    for after in (6 * HOUR, 5 * MINUTE, 6 * MINUTE, 6 * HOUR, 5 * MINUTE):
        for kind in ("Click", "Open"):
            shop.says(kind, mail, mail.at + after)
    shop.run()

    known = shop.shopper()
    assert (known.opens, known.clicks, known.offer_clicks) == (1, 2, 0)
    assert len(known.engagement.deeds) == 4
    assert known.responses == {"email": Response(sent=1, answered=1)}
    assert shop.customers.counted["order_confirmed"] == {"usual": Tally(sent=1, successes=1)}


def test_an_open_that_is_heard_of_a_month_late_teaches_nothing() -> None:
    shop = confirmed_shop()
    [mail] = shop.provider.mails
    body = payloads.mail_event("Open", mail.provider_id, mail.call.tags, mail.call.to, mail.at + HOUR)
    shop.later(31 * DAY, lambda: shop.feedback.accept(body))
    shop.run()
    assert shop.shopper().engagement == Engagement()


def test_events_of_mails_that_are_not_ours_or_went_to_the_shop_teach_nothing() -> None:
    alert = Touchpoint(id="merchant_news", trigger=Trigger.ORDER_PLACED, audience=Audience.MERCHANT)
    shop = Readers(alert)
    brand = shop.config.brand().model_copy(update={"alerts_to": "desk@lampandlinen.example"})
    shop.config.published = (shop.config.journey(), brand)
    shop.reads = clicks_at_once
    shop.orders(TEN_IN_BOISE, 1001)
    shop.run()
    [mail] = shop.provider.mails
    foreign = {"message": tag_of(Intent(order_id="nobody", message_id="shipped#1"))}
    for tags in ({}, {"message": "no tag of ours"}, foreign):
        body = payloads.mail_event("Click", "mail-99", tags, payloads.EMAIL, mail.at + HOUR)
        assert parse_mail_event(body)
        shop.feedback.accept(body)
    shop.run()

    assert shop.customers.engagements == {}
    assert shop.customers.counted == {}
    assert shop.customers.weeks == {}


def test_a_link_of_a_marketing_message_leads_to_an_offer() -> None:
    offer = Touchpoint(id="cross_sell", trigger=Trigger.ORDER_PLACED, purpose=Purpose.MARKETING, fresh_for=2 * DAY)
    shop = Readers(offer)
    shop.reads = clicks_at_once
    shop.orders(TEN_IN_BOISE, 1001, accepts_marketing=True)
    shop.run()
    assert (shop.shopper().clicks, shop.shopper().offer_clicks) == (1, 1)


def test_a_mail_in_doubt_counts_as_sent_once_its_provider_proves_it() -> None:
    shop = Readers(CONFIRMED.model_copy(update={"experiment": Experiment(variants=(Variant(id="usual"),))}))
    Provider(shop, accepts_without_an_answer(shop))
    shop.orders(TEN_IN_BOISE, 1001)
    shop.run()
    assert shop.message("order_confirmed#order").state is MessageState.SENT
    assert shop.customers.counted["order_confirmed"] == {"usual": Tally(sent=1)}


def test_a_mail_that_went_twice_counts_as_sent_once() -> None:
    shop = Readers(CONFIRMED.model_copy(update={"experiment": Experiment(variants=(Variant(id="usual"),))}))
    silent(shop)
    Provider(shop, RateLimitedError("slow down"), accepts_without_an_answer(shop))
    shop.orders(TEN_IN_BOISE, 1001)
    shop.run()
    assert len(shop.provider.mails) == 2
    assert shop.customers.counted["order_confirmed"] == {"usual": Tally(sent=1)}


def test_a_mail_whose_provider_proves_it_before_it_answers_counts_as_sent_once() -> None:
    shop = Readers(CONFIRMED.model_copy(update={"experiment": Experiment(variants=(Variant(id="usual"),))}))
    honest = shop.provider.send_email

    def proves(call: EmailCall) -> Receipt:
        receipt = honest(call)
        shop._hear(payloads.mail_event("Send", receipt.provider_id, call.tags, call.to, shop.now))
        return receipt

    Provider(shop, proves)
    shop.orders(TEN_IN_BOISE, 1001)
    shop.run()
    assert shop.customers.counted["order_confirmed"] == {"usual": Tally(sent=1)}


def test_of_two_that_learn_at_the_same_moment_neither_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = confirmed_shop()
    [mail] = shop.provider.mails
    keep, races = FakeCustomers.keep_engagement, [look for _ in range(2)]

    def late(customers: FakeCustomers, person: str, engagement: Engagement) -> None:
        if races:
            races.pop()(shop)
        keep(customers, person, engagement)

    monkeypatch.setattr(FakeCustomers, "keep_engagement", late)
    shop.says("Open", mail, mail.at + HOUR)
    shop.run()
    assert {deed.act for deed in shop.shopper().engagement.deeds} == {Act.OPEN, Act.PAGE_VIEW}


class Crowded(FakeCustomers):
    """Before a record is written somebody else may learn something, as `turns` says."""

    def __init__(self, others: list[Happening], turns: list[bool]) -> None:
        super().__init__()
        self.others, self.turns = others, turns

    def keep_engagement(self, person: str, engagement: Engagement) -> None:
        if self.others and self.turns and self.turns.pop():
            Learner(self, START + 2 * DAY).from_message(self.others.pop(), MESSAGE)
        super().keep_engagement(person, engagement)


MESSAGE = Intent(order_id=ORDER, message_id="order_confirmed#order")
happenings = st.lists(
    st.builds(
        Happening,
        st.sampled_from([Act.OPEN, Act.CLICK, Act.COMPLAINT]),
        st.just(PERSON),
        st.integers(0, 40).map(lambda hours: START + hours * HOUR),
    ),
    max_size=4,
)


@given(happenings, happenings, st.lists(st.booleans(), max_size=20))
def test_writers_that_get_in_each_others_way_lose_nothing(
    mine: list[Happening], others: list[Happening], turns: list[bool]
) -> None:
    everything = {(one.act, one.at) for one in (*mine, *others)}
    customers = Crowded(others, turns)
    sent = Sent(
        at=START,
        order_id=ORDER,
        message_id=MESSAGE.message_id,
        touchpoint="order_confirmed",
        purpose=Purpose.SERVICE,
        channel="email",
        variant="usual",
        zone="UTC",
    )
    customers.keep_history(PERSON, History().with_sent(sent))
    learner = Learner(customers, START + 2 * DAY)
    for one in mine:
        learner.from_message(one, MESSAGE)
    while customers.others:
        learner.from_message(customers.others.pop(), MESSAGE)

    kept = customers.engagement(PERSON)
    assert {(one.act, one.at) for one in kept.deeds} == everything
    assert kept.version == len(everything)
    read = [one for one in everything if one[0] is not Act.COMPLAINT]
    weight = sum(sum(week) for (group, _), week in customers.weeks.items() if group == "all")
    assert weight == pytest.approx(sum(weight_of(act) for act, _ in read))
    found = customers.counted.get("order_confirmed", {}).get("usual", Tally())
    acts = {act for act, _ in everything}
    assert found == Tally(successes=int(Act.CLICK in acts), harms=int(Act.COMPLAINT in acts))


def look(shop: Shop, order_id: str = ORDER) -> int:
    """Somebody opens the page of an order."""
    return answer(sign_link(order_id, shop.now + HOUR, "link-key"), "", shop.page, shop.now).status


def test_a_page_that_asks_every_minute_is_one_view_an_hour() -> None:
    shop = confirmed_shop()
    shop.now = shop.now.replace(minute=0)
    for minute in range(90):
        shop.later(minute * MINUTE, lambda: look(shop) and None)
    shop.run()

    known = shop.shopper()
    assert (known.page_views, known.opens, known.opens_known) == (2, 0, False)
    assert sum(known.habit.weights) == pytest.approx(2, rel=0.01)
    [(group, _)] = shop.customers.weeks
    assert group == "all"


@pytest.mark.parametrize("error", [TransientError("away"), ConflictError("late"), PermanentError("refused")])
@pytest.mark.parametrize("call", ["engagement", "keep_engagement", "add_reading"])
def test_a_view_that_can_not_be_noted_keeps_the_page_from_nobody(
    monkeypatch: pytest.MonkeyPatch, call: str, error: Exception
) -> None:
    def fails(*_: object) -> None:
        raise error

    shop = confirmed_shop()
    monkeypatch.setattr(FakeCustomers, call, fails)
    assert look(shop) == 200


def test_views_of_an_order_without_an_address_are_nobodys() -> None:
    shop = Readers(CONFIRMED)
    shop.orders(TEN_IN_BOISE, 1001, email="")
    shop.run()
    assert look(shop) == 200
    assert shop.customers.engagements == {}


def test_segments_of_the_order_read_as_their_shoppers_do() -> None:
    segments = {
        "small": Segment(when="order.total < 100.0"),
        "large": Segment(when="order.total >= 100.0"),
        "broken": Segment(when="parcels[7].carrier == 'ups'"),
    }
    tips = Touchpoint(id="how_to_use", trigger=Trigger.ALL_ARRIVED, best_hour=True)
    shop = Readers(CONFIRMED, tips, segments=segments)
    shop.reads = clicks_at_once
    shop.orders(TEN_IN_BOISE, 1001)
    shop.run()

    assert shop.table.rows[ORDER, "order_confirmed#order"].decision.segments == ("small",)
    assert sorted(group for group, _ in shop.customers.weeks) == ["all", "segment.small"]


def test_segments_that_nothing_asks_for_cost_no_order_anything() -> None:
    asked = CONFIRMED.model_copy(update={"when": "!segment.large"})
    off = CONFIRMED.model_copy(update={"id": "thanks", "when": "segment.small", "enabled": False})
    segments = {"small": Segment(when="order.total < 100.0"), "large": Segment(when="order.total >= 100.0")}
    shop = Readers(asked, off, segments=segments)
    shop.orders(TEN_IN_BOISE, 1001)
    shop.run()

    assert {name for name, one in shop.config.journey().segments.items() if one.in_use} == {"large"}
    assert shop.table.rows[ORDER, "order_confirmed#order"].decision.segments == ()


def test_a_shopper_has_as_many_orders_as_they_gave_and_each_is_noted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, noted, note = Readers(CONFIRMED), [], FakeCustomers.note_order

    def counting(customers: FakeCustomers, person: str, purchase: Purchase, now: datetime) -> None:
        noted.append(purchase.order_id)
        note(customers, person, purchase, now)

    monkeypatch.setattr(FakeCustomers, "note_order", counting)
    for number in (1001, 1002):
        shop.orders(TEN_IN_BOISE, number)
        shop.shop(TEN_IN_BOISE + HOUR, "orders/updated", payloads.order(START, order_id=number))
    shop.orders(TEN_IN_BOISE, 1003, "grace@example.com")
    shop.run()
    assert shop.shopper().orders == 2
    assert shop.shopper(person_digest("grace@example.com")).orders == 1
    assert len(noted) == 3


def test_the_order_itself_counts_among_its_shoppers_when_it_is_decided() -> None:
    again = CONFIRMED.model_copy(update={"id": "reassurance", "when": "customer.orders >= 2"})
    shop = Readers(again)
    for number in (1001, 1002):
        shop.orders(TEN_IN_BOISE + (number - 1001) * DAY, number)
    shop.run()
    assert [mail.at - START > DAY for mail in shop.provider.mails] == [True]


def test_an_order_that_gets_another_address_is_noted_there_too() -> None:
    shop = Readers(CONFIRMED)
    shop.orders(TEN_IN_BOISE, 1001, "ada@typo.example")
    told = payloads.order(START, order_id=1001, updated_at=START + TEN_IN_BOISE + HOUR)
    shop.shop(TEN_IN_BOISE + HOUR, "orders/updated", told)
    shop.run()
    assert shop.shopper().orders == 1


def test_who_is_erased_has_done_nothing_and_what_comes_late_is_not_learned() -> None:
    shop = confirmed_shop()
    [mail] = shop.provider.mails
    look(shop)
    shop.says("Open", mail, shop.now + HOUR)
    shop.run()
    assert shop.shopper().page_views == shop.shopper().opens == 1

    whom = {"customer": {"id": 7, "email": payloads.EMAIL, "phone": None}, "shop_id": 1, "shop_domain": "s.example"}
    shop.shop(0 * MINUTE, "customers/redact", whom | {"orders_to_redact": [1001]})
    shop.run()
    shop.says("Click", mail, shop.now + HOUR)
    shop.run()
    assert look(shop) == 200
    assert shop.shopper() == Shopper()


def test_an_unknown_clock_teaches_no_hours() -> None:
    shop = confirmed_shop()
    body = payloads.order(START, order_id=1009)
    body["shipping_address"] = body["billing_address"] = {"first_name": "Ada", "country_code": "US"}
    shop.shop(HOUR, "orders/create", body)
    shop.reads = clicks_at_once
    shop.run()
    known = shop.shopper()
    assert known.clicks == 1
    assert known.habit.weights == ()
    assert shop.customers.weeks == {}


def tea_drinker(*ordered_again_after: timedelta) -> Readers:
    """Tea that arrives after a day and lasts for five."""
    tea = Touchpoint(
        id="replenish",
        trigger=Trigger.REPLENISH,
        purpose=Purpose.MARKETING,
        lasts={"TEA": 5 * DAY},
        fresh_for=3 * DAY,
    )
    shop = Readers(tea)
    for number, after in enumerate((timedelta(0), *ordered_again_after), 1001):
        body = payloads.order(START + after, order_id=number, accepts_marketing=True)
        body["line_items"][0]["sku"] = "TEA"
        shop.shop(after, "orders/create", body)
    shop.shop(MINUTE, "fulfillments/create", payloads.fulfilment(START, "EV1", company="Evri"))
    shop.scanned(DAY, "EV1", [(START + HOUR, "in_transit"), (START + DAY, "delivered")], "e1")
    shop.run()
    return shop


def test_a_reminder_to_buy_again_comes_when_the_supply_runs_low() -> None:
    shop = tea_drinker()
    [reminder] = shop.provider.mails
    assert reminder.at - START >= 6 * DAY


def test_who_has_bought_it_again_is_not_reminded() -> None:
    shop = tea_drinker(4 * DAY)
    assert shop.told() == []
    [row] = [row for (order, _), row in shop.table.rows.items() if order == ORDER]
    assert row.decision.reason == "they have bought it again since"
