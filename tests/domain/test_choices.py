"""What one person chose."""

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.choices import EVERYWHERE, UNDECIDED, Choices
from porchlight.domain.purposes import Purpose
from porchlight.domain.shopper import NOBODY
from porchlight.domain.survey import Answer

NOW = datetime(2026, 5, 20, 8, 16, tzinfo=UTC)
CHANNELS = ("email", "sms", "whatsapp")
MARKETING, SERVICE = Purpose.MARKETING, Purpose.SERVICE
ANSWERS = (Answer(order_id="a" * 26, score=1, at=NOW),)
STEPS = st.lists(st.tuples(st.sampled_from(["stop", "allow", "back"]), st.sampled_from([*CHANNELS, EVERYWHERE])))


def stops(choices: Choices, channel: str, purpose: Purpose = MARKETING) -> bool:
    return choices.known_of(NOBODY).has_stopped(purpose, channel)


def after(steps: list[tuple[str, str]]) -> Choices:
    choices = UNDECIDED
    for step, channel in steps:
        if step == "stop":
            choices = choices.stopping(MARKETING, channel)
        elif step == "allow":
            choices = choices.allowing(MARKETING, channel, CHANNELS)
        else:
            choices = choices.taken_back(MARKETING, channel)
    return choices


def test_a_refusal_is_of_one_purpose_and_one_channel() -> None:
    no = UNDECIDED.stopping(MARKETING, "email")
    assert stops(no, "email")
    assert not stops(no, "sms")
    assert not stops(no, "email", SERVICE)


def test_a_choice_made_twice_is_one_change() -> None:
    no = UNDECIDED.stopping(MARKETING, "email")
    assert no.version == 1
    assert no.stopping(MARKETING, "email") is no
    assert UNDECIDED.taken_back(MARKETING, "email") is UNDECIDED


def test_taking_one_refusal_back_leaves_the_others() -> None:
    no = UNDECIDED.stopping(MARKETING, EVERYWHERE).stopping(MARKETING, "email")
    assert stops(no.taken_back(MARKETING, "email"), "email"), "all marketing was refused too"


def test_a_yes_to_one_channel_after_a_no_to_all_is_a_yes_to_that_one() -> None:
    choices = UNDECIDED.stopping(MARKETING, EVERYWHERE).allowing(MARKETING, "sms", CHANNELS)
    assert [one for one in CHANNELS if stops(choices, one)] == ["email", "whatsapp"]
    assert choices.consented == {"sms"}


def test_who_comes_and_goes_is_lost_once() -> None:
    """Else one shopper with a link could outvote every variant of a touchpoint."""
    choices = UNDECIDED.lost_to(MARKETING, "email")
    for _ in range(3):
        choices = choices.taken_back(MARKETING, "email").lost_to(MARKETING, "email")
    assert (choices.stopped, choices.lost) == ({"marketing.email"}, {"marketing.email"})
    assert choices.version == 7
    assert choices.lost_to(MARKETING, "email") is choices


def test_service_needs_no_consent_so_allowing_it_is_none() -> None:
    assert UNDECIDED.stopping(SERVICE, "email").allowing(SERVICE, "email", CHANNELS).consented == frozenset()


def test_who_is_forgotten_keeps_refusals_alone() -> None:
    chosen = Choices(version=4, stopped=frozenset({"marketing.*"}), channel="sms", held_until=NOW, answers=ANSWERS)
    assert chosen.refusals() == Choices(version=5, stopped=frozenset({"marketing.*"}))
    assert chosen.refusals().refusals() == chosen.refusals()
    assert UNDECIDED.refusals() is UNDECIDED


@given(STEPS, st.sampled_from([*CHANNELS, EVERYWHERE]))
def test_a_no_is_a_no_whatever_was_said_before(steps: list[tuple[str, str]], channel: str) -> None:
    refused = after(steps).stopping(MARKETING, channel)
    assert all(stops(refused, one) for one in (CHANNELS if channel == EVERYWHERE else (channel,)))


@given(STEPS)
def test_the_version_tells_every_change(steps: list[tuple[str, str]]) -> None:
    choices = [after(steps[:index]) for index in range(len(steps) + 1)]
    for one, next_one in pairwise(choices):
        assert (one == next_one) == (one.version == next_one.version)
