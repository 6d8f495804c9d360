"""What shoppers did, and what is counted of groups and variants: the fake and the adapter under one contract."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from porchlight.aws import customers as adapter
from porchlight.aws.choices import DynamoChoices
from porchlight.aws.counts import HABITS_LAST, TALLIES_LAST
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.reports import all_answers, all_orders
from porchlight.domain.choices import UNDECIDED
from porchlight.domain.deeds import NOTHING_DONE, deed_at
from porchlight.domain.effects import Tally
from porchlight.domain.engagement import NO_HABIT, Act, part_of_week
from porchlight.domain.errors import ConflictError
from porchlight.domain.groups import SHARDS, Counted, counted, groups_of
from porchlight.domain.localities import UTC_ZONE
from porchlight.domain.reorders import PlacedOrder
from porchlight.domain.shopper import NOBODY
from porchlight.domain.supply import Purchase
from porchlight.domain.survey import Answer

from tests.aws.conftest import Ports
from tests.domain.stories import START

PERSON, OTHER = "a" * 32, "b" * 32
NOW = START + timedelta(days=30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def opened(hours_ago: int, message: str = "m1"):
    return deed_at(Act.OPEN, NOW - HOUR * hours_ago, UTC_ZONE, "order", message)


def test_what_somebody_did_comes_back_and_is_theirs_alone(ports: Ports) -> None:
    assert ports.customers.engagement(PERSON) == NOTHING_DONE
    for hours_ago in (5, 3):
        known = ports.customers.engagement(PERSON)
        ports.customers.keep_engagement(PERSON, known.with_deed(opened(hours_ago), NOW, UTC_ZONE))

    shopper = ports.customers.shopper(PERSON, NOW)
    assert shopper.engagement == ports.customers.engagement(PERSON)
    assert shopper.engagement.deeds == (opened(3), opened(5))
    assert (shopper.opens, shopper.opens_known, shopper.habit.at) == (1, True, opened(3).at)
    assert ports.customers.shopper(OTHER, NOW) == NOBODY


def test_of_two_who_learn_at_once_one_must_read_again(ports: Ports) -> None:
    first = NOTHING_DONE.with_deed(opened(5), NOW, UTC_ZONE)
    ports.customers.keep_engagement(PERSON, first)
    with pytest.raises(ConflictError):
        ports.customers.keep_engagement(PERSON, NOTHING_DONE.with_deed(opened(3), NOW, UTC_ZONE))

    ports.customers.keep_engagement(PERSON, first.with_deed(opened(3), NOW, UTC_ZONE))
    with pytest.raises(ConflictError):
        ports.customers.keep_engagement(PERSON, first.with_deed(opened(1), NOW, UTC_ZONE))
    assert ports.customers.engagement(PERSON).deeds == (opened(3), opened(5))


def test_an_order_counts_once_however_often_it_is_noted(ports: Ports) -> None:
    for order in ("one", "two", "one"):
        ports.customers.note_order(PERSON, Purchase(order_id=order, at=NOW - DAY), NOW)
    ports.customers.note_order(OTHER, Purchase(order_id="three", at=NOW - DAY), NOW)
    assert ports.customers.shopper(PERSON, NOW).orders == 2


def test_who_is_forgotten_did_nothing_and_has_no_orders(ports: Ports) -> None:
    ports.customers.keep_engagement(PERSON, NOTHING_DONE.with_deed(opened(5), NOW, UTC_ZONE))
    ports.customers.note_order(PERSON, Purchase(order_id="one", at=NOW - DAY), NOW)
    ports.customers.note_order(OTHER, Purchase(order_id="one", at=NOW - DAY), NOW)
    ports.customers.suppress(PERSON, "the shopper marked a message as spam", until=None)

    ports.customers.forget(PERSON)

    known = ports.customers.shopper(PERSON, NOW)
    assert (known.orders, known.engagement) == (0, NOTHING_DONE)
    assert known.suppressed == {"email": "the shopper marked a message as spam"}
    assert ports.customers.shopper(OTHER, NOW).orders == 1


def test_deeds_add_up_to_the_habit_of_each_group(ports: Ports) -> None:
    deeds = [(opened(24 * day), f"{day:032x}") for day in range(12)]
    for deed, person in deeds:
        ports.customers.add_reading(groups_of(["large"]), counted(deed, UTC_ZONE, person))
    ports.customers.add_reading(groups_of(()), counted(opened(1), UTC_ZONE, OTHER))

    everybody, large, unknown = ports.customers.habits(("all", "segment.large", "segment.none"), NOW)
    assert len({counted(deed, UTC_ZONE, person).shard for deed, person in deeds}) == SHARDS
    part = part_of_week(opened(1).at, UTC_ZONE)
    assert sum(large.faded(NOW)) == pytest.approx(12 * 0.3, rel=0.15)
    assert everybody.faded(NOW)[part] - large.faded(NOW)[part] == pytest.approx(0.3, rel=0.05)
    assert unknown == NO_HABIT


def test_what_a_group_read_half_a_year_ago_is_no_habit_any_more(ports: Ports) -> None:
    ports.customers.add_reading(groups_of(()), Counted("2020-01-06", 3, 1.0, 0))
    assert ports.customers.habits(("all",), NOW) == (NO_HABIT,)


def test_tallies_add_up_by_variant_and_stay_apart(ports: Ports) -> None:
    for person in (f"{name:032x}" for name in range(8)):
        ports.customers.tally("delivered", "usual", Tally(sent=1), person, NOW)
    ports.customers.tally("delivered", "usual", Tally(successes=1), PERSON, NOW)
    ports.customers.tally("delivered", "later", Tally(sent=2, harms=1), PERSON, NOW)
    ports.customers.tally("shipped", "usual", Tally(sent=5), PERSON, NOW)

    assert ports.customers.tallies(["delivered", "none"], NOW) == {
        "delivered": {"usual": Tally(sent=8, successes=1), "later": Tally(sent=2, harms=1)},
        "none": {},
    }


def test_sums_are_read_anew_only_when_they_have_grown_old(dynamodb: Any) -> None:
    reader, writer = (DynamoCustomers(dynamodb, "CustomersTable") for _ in range(2))
    assert reader.habits(("all",), NOW) == (NO_HABIT,)
    assert reader.tallies(["shipped"], NOW) == {"shipped": {}}
    writer.add_reading(("all",), counted(opened(1), UTC_ZONE, PERSON))
    writer.tally("shipped", "usual", Tally(sent=1), PERSON, NOW)

    assert reader.tallies(["shipped"], NOW + TALLIES_LAST / 2) == {"shipped": {}}
    assert reader.tallies(["shipped"], NOW + TALLIES_LAST) == {"shipped": {"usual": Tally(sent=1)}}
    assert reader.habits(("all",), NOW + HABITS_LAST / 2) == (NO_HABIT,)
    assert reader.habits(("all",), NOW + HABITS_LAST) != (NO_HABIT,)


def test_address_of_a_till_with_thousands_of_orders_is_read_in_one_page_with_all_that_stands_against_it(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "MOST_READ", 5)
    till = DynamoCustomers(dynamodb, "CustomersTable")
    for number in range(40):
        till.note_order(PERSON, Purchase(order_id=f"order-{number:03}", at=NOW - DAY), NOW)
    for event in range(7):
        till.count_soft_bounce(PERSON, f"e{event}", NOW)
    till.suppress(PERSON, "the mailbox keeps bouncing", until=None)
    till.keep_engagement(PERSON, NOTHING_DONE.with_deed(opened(5), NOW, UTC_ZONE))

    known = till.shopper(PERSON, NOW)
    assert (known.opens, known.suppressed) == (1, {"email": "the mailbox keeps bouncing"})
    assert 1 <= known.orders <= 5


def test_all_orders_are_told_with_their_person_and_day_and_nothing_else_is(dynamodb: Any) -> None:
    customers = DynamoCustomers(dynamodb, "CustomersTable")
    customers.note_order(PERSON, Purchase(order_id="one", at=NOW - DAY), NOW)
    customers.note_order(OTHER, Purchase(order_id="two", at=NOW - 9 * DAY), NOW)
    customers.suppress(OTHER, "the mailbox keeps bouncing", until=None)
    found = {PlacedOrder(PERSON, "one", NOW - DAY), PlacedOrder(OTHER, "two", NOW - 9 * DAY)}
    assert set(all_orders(dynamodb, "CustomersTable")) == found


def test_all_answers_are_told_and_nothing_else_that_was_chosen_is(dynamodb: Any) -> None:
    kept, answer = DynamoChoices(dynamodb, "CustomersTable"), Answer(order_id="one", score=2, at=NOW)
    kept.keep_choices(PERSON, UNDECIDED.answering(answer))
    kept.keep_choices(OTHER, UNDECIDED.changed(channel="sms"))
    DynamoCustomers(dynamodb, "CustomersTable").note_order(OTHER, Purchase(order_id="two", at=NOW), NOW)
    assert list(all_answers(dynamodb, "CustomersTable")) == [answer]


def test_everything_that_is_kept_ends_by_itself(dynamodb: Any) -> None:
    customers = DynamoCustomers(dynamodb, "CustomersTable", 40 * DAY)
    customers.keep_engagement(PERSON, NOTHING_DONE.with_deed(opened(0), NOW, UTC_ZONE))
    customers.note_order(PERSON, Purchase(order_id="one", at=NOW - DAY), NOW)
    customers.add_reading(("all",), counted(opened(0), UTC_ZONE, PERSON))
    customers.tally("shipped", "usual", Tally(sent=1), PERSON, NOW)

    items = dynamodb.scan(TableName="CustomersTable")["Items"]
    ends = {one["item"]["S"].split("#")[0]: int(one["expires_at"]["N"]) - NOW.timestamp() for one in items}
    days = {name: round(seconds / 86400) for name, seconds in ends.items()}
    assert days.pop(next(name for name in days if name.startswith("20"))) in range(26 * 7, 28 * 7)
    assert days == {"engagement": 180, "their_order": 40, "usual": 400}
    assert not any(
        PERSON in str(one["customer"]) for one in items if one["customer"]["S"].startswith(("group", "tally"))
    )


@pytest.mark.usefixtures("one_call_at_a_time")
def test_counts_of_many_writers_at_once_are_all_there(dynamodb: Any) -> None:
    customers = DynamoCustomers(dynamodb, "CustomersTable")

    def add(name: int) -> None:
        customers.tally("shipped", "usual", Tally(sent=1), f"{name:032x}", NOW)

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(add, range(20)))
    assert customers.tallies(["shipped"], NOW)["shipped"]["usual"] == Tally(sent=20)
