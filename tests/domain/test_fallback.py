"""Which messages have failed, and which channel is tried next."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.decide import decide
from porchlight.domain.fallback import HARD_BOUNCE, Progress, failures, has_arrived, overdue, try_now
from porchlight.domain.ledger import Decision, Message, MessageState, Outcome
from porchlight.domain.purposes import Audience
from porchlight.domain.situation import Situation
from porchlight.domain.status import Status
from porchlight.domain.times import to_text

from tests.domain.stories import ONE, Story, fulfilment, hours, only, order, says, scan, store_says

PATIENCE = timedelta(minutes=15)
CHANNELS = ("email", "push", "sms")
STATES = st.sampled_from(MessageState)
EVENTS = ["send", "delivery", "delivery_delay", "bounce", HARD_BOUNCE, "complaint", "reject", "open", "click"]
SEEN = st.sets(st.sampled_from(EVENTS)).map(lambda names: dict.fromkeys(names, to_text(hours(1))))
VAN = only("out_for_delivery", channels=CHANNELS)


def decision(key: str = "news#1", channel: str = "email", **changes: object) -> Decision:
    return Decision.model_validate(
        {
            "decision_id": key,
            "touchpoint": "news",
            "occurrence": "1",
            "trigger": "delivered",
            "rule_version": "v",
            "outcome": Outcome.SEND,
            "decided_at": hours(0),
            "happened_at": hours(0),
            "channel": channel,
            **changes,
        }
    )


def failed(message: Message, *, urgent: bool = True, at: float = 1, tells: tuple[str, ...] = ("email",)) -> bool:
    ledger = {"news#1": decision(urgent=urgent)}
    return bool(failures(ledger, Progress({"news#1": message}, tells), PATIENCE, hours(at)))


def sent(*events: str, at: float = 0) -> Message:
    return Message(state=MessageState.SENT, sent_at=hours(at), seen=dict.fromkeys(events, to_text(hours(at))))


@pytest.mark.parametrize(
    "message",
    [
        Message(state=MessageState.FAILED),
        Message(state=MessageState.SKIPPED, unreachable=True),
        sent("bounce"),
        sent("reject"),
        sent("delivery", "bounce", HARD_BOUNCE),
        sent(),
        sent("send", "delivery_delay"),
    ],
)
def test_these_have_failed(message: Message) -> None:
    assert failed(message)


@pytest.mark.parametrize(
    "message",
    [
        Message(),
        Message(state=MessageState.CLAIMED, claimed_until=hours(2)),
        Message(state=MessageState.SKIPPED),
        sent("delivery"),
        sent("delivery", "bounce"),
        sent("bounce", "open"),
        sent("complaint"),
        sent("click"),
    ],
)
def test_these_have_not(message: Message) -> None:
    assert not failed(message)


def test_silence_is_failure_only_of_what_is_urgent_where_deliveries_are_told_and_after_a_while() -> None:
    assert failed(sent(), at=0.25)
    assert not failed(sent(), at=0.249)
    assert not failed(sent(), urgent=False)
    assert not failed(sent(), tells=())


@given(STATES, SEEN, st.booleans(), st.booleans(), st.floats(0, 1000))
def test_what_has_arrived_has_never_failed(
    state: MessageState, seen: dict[str, str], unreachable: bool, urgent: bool, at: float
) -> None:
    message = Message(state=state, seen=seen, unreachable=unreachable, sent_at=hours(0))
    assert not (has_arrived(message) and failed(message, urgent=urgent, at=at))


@given(st.lists(st.sampled_from(CHANNELS), unique=True, min_size=1), st.integers(0, 3))
def test_each_further_try_has_a_row_of_its_own_and_knows_what_failed(channels: list[str], failing: int) -> None:
    keys = ["news#1", *(f"news#1#{number}" for number in range(2, 5))]
    ledger = {key: decision(key, channel) for key, channel in zip(keys, channels, strict=False)}
    broken = dict.fromkeys(list(ledger)[:failing], "came back")
    now = try_now("news#1", ledger, broken)

    assert now.decision_id == keys[len(broken)]
    assert list(now.failed) == channels[: len(broken)]
    assert now.instead_of == (keys[len(broken) - 1] if broken else "")


def test_what_travelled_with_a_message_that_failed_is_tried_again_too() -> None:
    ledger = {"news#1": decision(), "news#2": decision("news#2", outcome=Outcome.MERGE, into="news#1")}
    assert try_now("news#2", ledger, {"news#1": "came back"}).failed == {"email": "news#1"}
    assert try_now("news#2", ledger, {}).decision_id == "news#2"


# ---- deciding


def in_the_van() -> Story:
    story = Story(journey=VAN, reach=CHANNELS)
    story.hears(store_says(order=order(items=1), packed=[fulfilment(ONE)]))
    story.hears(says(ONE, scan(10, Status.OUT_FOR_DELIVERY)))
    story.looks(10)
    return story


def looks(story: Story, at: float, messages: dict[str, Message], tells: tuple[str, ...] = ("email",)) -> dict[str, str]:
    """Channel of each row that is decided then."""
    situation = story.situation._replace(progress=Progress(messages, tells))
    plan = decide(story.state, story.ledger, VAN, situation, hours(at))
    story.ledger |= {one.decision_id: one for one in plan.decisions}
    return {one.decision_id: one.channel for one in plan.decisions}


def test_channels_are_tried_in_turn_and_none_twice() -> None:
    story, messages = in_the_van(), dict[str, Message]()
    (first,) = story.ledger
    used = [story.ledger[first].channel]
    for _ in range(5):
        messages |= dict.fromkeys(story.ledger, Message(state=MessageState.FAILED))
        used += looks(story, 10.5, messages).values()

    assert used == list(CHANNELS)
    assert list(story.ledger) == [first, f"{first}#2", f"{first}#3"]


@given(st.lists(st.tuples(STATES, SEEN), min_size=3, max_size=3), st.floats(10, 40))
def test_however_messages_end_deciding_again_adds_nothing(
    ends: list[tuple[MessageState, dict[str, str]]], at: float
) -> None:
    story = in_the_van()
    (first,) = story.ledger
    keys = (first, f"{first}#2", f"{first}#3")
    messages = {
        key: Message(state=state, seen=seen, sent_at=hours(10)) for key, (state, seen) in zip(keys, ends, strict=True)
    }
    for _ in keys:
        looks(story, at, {key: messages[key] for key in story.ledger})

    assert looks(story, at, {key: messages[key] for key in story.ledger}) == {}
    sending = [one.channel for one in story.ledger.values() if one.outcome is Outcome.SEND]
    assert len(sending) == len(set(sending))


def test_a_parcel_that_has_arrived_meanwhile_is_not_announced_by_another_channel() -> None:
    story = in_the_van()
    story.hears(says(ONE, scan(10, Status.OUT_FOR_DELIVERY), scan(11, Status.DELIVERED)))
    looks(story, 12, dict.fromkeys(story.ledger, Message(state=MessageState.FAILED)))

    first, second = story.ledger.values()
    assert (first.outcome, second.outcome) == (Outcome.SEND, Outcome.DROP)
    assert second.reason == "overtaken: the parcel is delivered by now"


def test_an_urgent_message_is_waited_for_only_where_another_channel_is_left() -> None:
    ledger = list(in_the_van().ledger.values())
    now, reach = hours(10.1), {Audience.SHOPPER: CHANNELS}

    def awaited(
        reached: dict[Audience, tuple[str, ...]], message: Message, tells: tuple[str, ...] = ("email",)
    ) -> list:
        progress = Progress({ledger[0].decision_id: message}, tells)
        return list(overdue(VAN, ledger, progress, reached, now))

    assert awaited(reach, sent(at=10)) == [hours(10.25)]
    assert awaited(reach, Message()) == [now + PATIENCE]
    assert awaited({Audience.SHOPPER: ("email",)}, sent(at=10)) == []
    assert awaited(reach, sent("delivery", at=10)) == []
    assert awaited(reach, Message(state=MessageState.SKIPPED)) == []
    assert awaited(reach, sent(at=10), tells=()) == []
    assert Situation(reach).progress == Progress()
