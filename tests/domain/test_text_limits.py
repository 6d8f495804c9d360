"""Three texts in a day on one subject, and not one more: also not for what is urgent."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.decide import Situation, decide
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.ledger import Decision
from porchlight.domain.limits import Cap, Caps, Limits
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.replay import replayed
from porchlight.domain.shopper import History, Sent, Shopper
from porchlight.domain.status import Status
from porchlight.domain.text_limits import text_limit_reached

from tests.builders import heard, store_says
from tests.domain.stories import ONE, Story, fulfilment, hours, order, says, scan
from tests.domain.test_quiet_hours import BERLIN

DAY, LEAVING = timedelta(hours=24), timedelta(minutes=5)
ORDER_ID = Story().facts.order_id
ANY = Limits(caps=Caps(service=Cap(), marketing=Cap()))
IN_THE_VAN = Touchpoint(id="out_for_delivery", trigger="out_for_delivery", channels=("sms",))
TO_THE_SHOP = IN_THE_VAN.model_copy(update={"audience": Audience.MERCHANT})


def text(at: datetime, order_id: str = ORDER_ID, purpose: Purpose = Purpose.SERVICE, channel: str = "sms") -> Sent:
    name = f"{at:%d%H%M%S%f}"
    return Sent(at=at, order_id=order_id, message_id=name, touchpoint="t", purpose=purpose, channel=channel)


def history(*sent: Sent) -> History:
    known = History()
    for one in sorted(sent, key=lambda one: one.at):
        known = known.with_sent(one)
    return known


def in_the_van(
    known: History, touchpoint: Touchpoint = IN_THE_VAN, reach: tuple[str, ...] = ("sms", "email")
) -> Decision:
    story = Story().hears(store_says(order=order(), packed=[fulfilment(ONE)]))
    story.hears(says(ONE, scan(5, Status.OUT_FOR_DELIVERY)))
    situation = Situation(dict.fromkeys(Audience, reach), lambda: Shopper(history=known), BERLIN)
    journey = Journey(touchpoints=(touchpoint,), limits=ANY)
    [decision] = decide(story.state, {}, journey, situation, hours(6)).decisions
    return decision


THREE = history(*(text(hours(at)) for at in (1, 2, 3)))


def test_a_fourth_text_waits_even_when_it_is_urgent() -> None:
    held = in_the_van(THREE)
    assert (held.outcome, held.urgent, held.until) == ("delay", True, hours(1) + DAY + LEAVING)
    assert held.reason == "3 texts about this order in 24 hours, 3 at most"
    assert in_the_van(history(*(text(hours(at)) for at in (1, 2)))).outcome == "send"


def test_a_fourth_text_becomes_a_mail_at_once_where_there_is_one() -> None:
    both = IN_THE_VAN.model_copy(update={"channels": ("sms", "email")})
    assert (in_the_van(THREE, both).outcome, in_the_van(THREE, both).channel) == ("send", "email")
    assert in_the_van(History(), both).channel == "sms"
    only_texts = in_the_van(THREE, both, reach=("sms",))
    assert (only_texts.outcome, only_texts.channel) == ("delay", "sms")


def test_mails_texts_about_other_orders_and_older_ones_leave_room() -> None:
    mails = history(*(text(hours(at), channel="email") for at in (1, 2, 3)))
    others = history(*(text(hours(at), order_id=f"o{at}") for at in (1, 2, 3)))
    older = history(*(text(hours(at)) for at in (-20, -19, 3)))
    offers = history(*(text(hours(at), purpose=Purpose.MARKETING) for at in (1, 2, 3)))
    assert {in_the_van(one).outcome for one in (mails, others, older, offers)} == {"send"}


def test_marketing_is_one_subject_over_all_orders() -> None:
    known = history(*(text(hours(at), order_id=f"o{at}", purpose=Purpose.MARKETING) for at in (1, 2, 3)))
    reached = text_limit_reached(known, "sms", "another", Purpose.MARKETING, hours(6))
    assert reached
    assert reached.until == hours(1) + DAY + LEAVING
    assert text_limit_reached(known, "sms", "o1", Purpose.SERVICE, hours(6)) is None


def test_a_text_that_failed_counts_as_it_may_have_arrived() -> None:
    latest = THREE.sent[0]
    known = THREE.but_failed(latest.order_id, latest.message_id)
    assert latest not in known.sent
    assert text_limit_reached(known, "sms", ORDER_ID, Purpose.SERVICE, hours(6))
    kept = History.model_validate_json(known.model_dump_json(exclude_defaults=True))
    assert text_limit_reached(kept, "sms", ORDER_ID, Purpose.SERVICE, hours(6))
    later = known.with_sent(text(hours(40)))
    assert later.failed == ()


def test_messages_for_the_shop_are_not_limited() -> None:
    assert in_the_van(THREE, TO_THE_SHOP).outcome == "send"


SUBJECTS = [("o1", Purpose.SERVICE), ("o2", Purpose.SERVICE), ("o1", Purpose.MARKETING), ("o2", Purpose.MARKETING)]


@given(st.lists(st.tuples(st.integers(0, 60 * 24 * 4), st.sampled_from(SUBJECTS), st.booleans()), max_size=80))
def test_no_24_hours_hold_a_fourth_text_on_one_subject(asked: list[tuple[int, tuple[str, Purpose], bool]]) -> None:
    known, left = History(), list[Sent]()
    for number, (minute, (order_id, purpose), fails) in enumerate(sorted(asked, key=lambda one: one[0])):
        now = hours(0) + timedelta(minutes=minute, microseconds=number)
        reached = text_limit_reached(known, "sms", order_id, purpose, now)
        if reached:
            assert reached.until > now
            continue
        one = text(now, order_id, purpose)
        known = known.with_sent(one)
        left.append(one)
        if fails:
            known = known.but_failed(one.order_id, one.message_id)
    for one in left:
        service = one.purpose is Purpose.SERVICE
        alike = [other for other in left if (other.order_id == one.order_id if service else True)]
        within = [other for other in alike if other.purpose is one.purpose and one.at <= other.at <= one.at + DAY]
        assert len(within) <= 3


def test_a_rehearsal_and_a_journey_in_shadow_keep_the_limit_too() -> None:
    points = [
        Touchpoint.model_validate(
            {"id": name, "trigger": "delivered", "wait": wait, "fresh_for": "9d", "channels": ["sms"]}
        )
        for name, wait in (("first", "1h"), ("second", "2h"), ("third", "3h"), ("fourth", "4h"))
    ]
    told = heard([store_says(order=order(), packed=[fulfilment(ONE)]), says(ONE, scan(5, Status.DELIVERED), heard=5)])
    for shadow, outcome in ((False, "send"), (True, "shadow")):
        journey = Journey(touchpoints=tuple(points), limits=ANY, shadow=shadow)
        ledger = replayed(told, journey, frozenset({"sms"}), hours(500))
        times = sorted(one.decided_at for one in ledger.values() if one.outcome == outcome)
        assert len(times) == 4
        assert times[3] - times[0] >= DAY
