"""A journey in shadow and a replay hold as much back as life would."""

from datetime import timedelta

from porchlight.domain.decide import decide
from porchlight.domain.fold import fold
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.limits import Cap, Caps, Limits
from porchlight.domain.orders import Destination, Person
from porchlight.domain.purposes import Audience
from porchlight.domain.replay import replayed, without_names
from porchlight.domain.shopper import MOST, NOBODY, History, Sent, Shopper
from porchlight.domain.situation import Situation
from porchlight.domain.status import Status

from tests.builders import heard, store_says
from tests.domain.stories import ONE, Story, fulfilment, hours, order, says, scan

LETTERS = [
    Touchpoint.model_validate(
        {"id": name, "trigger": "delivered", "purpose": "marketing", "wait": wait, "fresh_for": "9d"}
    )
    for name, wait in (("first", "1h"), ("second", "2h"), ("third", "3h"))
]
ONE_A_DAY = Journey(touchpoints=tuple(LETTERS), limits=Limits(caps=Caps(marketing=Cap(per_day=1))))
LIFE = [
    store_says(order=order(marketing_consent=True), packed=[fulfilment(ONE)]),
    says(ONE, scan(5, Status.DELIVERED), heard=5),
]


def days_told(ledger, outcome: str) -> list[int]:
    return sorted((one.decided_at - hours(0)) // timedelta(days=1) for one in ledger.values() if one.outcome == outcome)


def test_a_replay_keeps_the_caps_within_an_order() -> None:
    ledger = replayed(heard(LIFE), ONE_A_DAY, frozenset({"email"}), hours(500))
    assert days_told(ledger, "send") == [0, 1, 2]


def test_a_journey_in_shadow_keeps_the_caps_within_an_order() -> None:
    ledger = replayed(heard(LIFE), ONE_A_DAY.model_copy(update={"shadow": True}), frozenset({"email"}), hours(500))
    assert days_told(ledger, "shadow") == [0, 1, 2]


def test_what_is_one_message_is_counted_and_held_as_one() -> None:
    together = [one.model_copy(update={"bundle": "letters", "wait": LETTERS[0].wait}) for one in LETTERS]
    apart = LETTERS[0].model_copy(update={"id": "before", "wait": LETTERS[0].wait})
    shadow = Journey(touchpoints=(apart, *together), limits=ONE_A_DAY.limits, shadow=True)
    ledger = replayed(heard(LIFE), shadow, frozenset({"email"}), hours(500))
    assert days_told(ledger, "shadow") == [0, 1]
    assert days_told(ledger, "merge") == [1, 1]
    [lead] = [one for one in ledger.values() if one.touchpoint == "first"]
    assert lead.tells == tuple(f"{one.id}#{ONE}" for one in LETTERS)


def test_what_shadow_would_have_sent_joins_what_the_shopper_really_got() -> None:
    got = tuple(
        Sent(
            at=hours(-number - 24),
            order_id="o",
            message_id=str(number),
            touchpoint="t",
            purpose="service",
            channel="email",
        )
        for number in range(MOST)
    )
    story = Story(journey=ONE_A_DAY.model_copy(update={"shadow": True})).hears(*LIFE)
    story.looks(6.5)
    shopper = Shopper(history=History(version=7, sent=got))
    situation = Situation({Audience.SHOPPER: ("email",)}, lambda: shopper)
    plan = decide(story.state, story.ledger, story.journey, situation, hours(7.5))
    assert [(one.touchpoint, one.outcome) for one in plan.decisions] == [("second", "delay")]


def test_a_journey_that_sends_counts_nothing_twice() -> None:
    """What was decided is in the history once it has left; until then it is another message's business."""
    story = Story(journey=ONE_A_DAY).hears(*LIFE)
    story.looks(6.5)
    story.looks(7.5)
    assert story.outcomes() == {f"first#{ONE}": "send", f"second#{ONE}": "send"}


def test_what_decides_is_kept_for_a_replay_and_who_it_was_is_not() -> None:
    known = order(
        marketing_consent=True,
        sms_consent=True,
        tags=("wholesale",),
        gift=True,
        order_count=3,
        customer_id="4711",
        recipient=Person(first_name="Grace", email="grace@example.com"),
        destination=Destination(city="Munich", region="BY", postal_code="80331", country="DE"),
    )
    left = without_names(heard([store_says(order=known)])).order
    assert left is not None
    assert (left.marketing_consent, left.sms_consent, left.tags, left.gift) == (True, True, ("wholesale",), True)
    assert (left.order_count, left.destination) == (3, Destination(country="DE", region="BY"))
    written = left.model_dump_json()
    assert not [word for word in ("Ada", "Grace", "example.com", "4711", "Munich", "80331") if word in written]
    assert fold(heard([store_says(order=left)])).order == left


def test_an_order_of_a_guest_stays_one() -> None:
    left = without_names(heard([store_says(order=order())])).order
    assert left is not None
    assert left.customer_id == ""


def test_replayed_marketing_needs_consent_as_in_life() -> None:
    refused = [store_says(order=order(), packed=[fulfilment(ONE)]), LIFE[1]]
    assert days_told(replayed(heard(refused), ONE_A_DAY, frozenset({"email"}), hours(500)), "send") == []
    assert NOBODY.history.sent == ()
