"""What people chose, stored: the fake and the adapter under one suite."""

from datetime import UTC, datetime, timedelta

import pytest
from porchlight.domain.choices import UNDECIDED, Choices
from porchlight.domain.errors import ConflictError
from porchlight.domain.purposes import Purpose
from porchlight.domain.shopper import NOBODY
from porchlight.domain.survey import Answer

from tests.aws.conftest import Ports

PERSON, OTHER = "a" * 32, "b" * 32
NOW = datetime(2026, 5, 20, 8, 16, tzinfo=UTC)
CHOSEN = Choices(
    version=1,
    stopped=frozenset({"marketing.email", "marketing.sms"}),
    consented=frozenset({"sms"}),
    channel="sms",
    held_until=NOW + timedelta(days=3),
    complaint_since=NOW,
    answers=(Answer(order_id="a" * 26, score=2, at=NOW),),
)


def test_who_chose_nothing_is_undecided(ports: Ports) -> None:
    assert ports.choices.choices(PERSON) == UNDECIDED
    assert ports.customers.shopper(PERSON, NOW) == NOBODY


def test_what_was_chosen_comes_back_whole_and_is_known_when_deciding(ports: Ports) -> None:
    ports.choices.keep_choices(PERSON, CHOSEN)

    assert ports.choices.choices(PERSON) == CHOSEN
    shopper = ports.customers.shopper(PERSON, NOW)
    assert shopper == CHOSEN.known_of(NOBODY)
    assert (shopper.held_until, shopper.answers) == (NOW + timedelta(days=3), CHOSEN.answers)
    assert shopper.has_stopped(Purpose.MARKETING, "email")
    assert ports.customers.shopper(OTHER, NOW) == NOBODY


def test_of_two_who_read_the_same_choices_one_must_read_again(ports: Ports) -> None:
    """Both the first choice ever and a later one: else an opt-out is lost to whoever writes last."""
    first = UNDECIDED.stopping(Purpose.MARKETING, "email")
    ports.choices.keep_choices(PERSON, first)
    with pytest.raises(ConflictError):
        ports.choices.keep_choices(PERSON, UNDECIDED.changed(channel="whatsapp"))

    ports.choices.keep_choices(PERSON, first.changed(channel="whatsapp"))
    with pytest.raises(ConflictError):
        ports.choices.keep_choices(PERSON, first.changed(channel="sms"))
    assert ports.choices.choices(PERSON) == first.changed(channel="whatsapp")


def test_who_is_forgotten_stays_refused_and_nothing_else_of_them_is_kept(ports: Ports) -> None:
    ports.choices.keep_choices(PERSON, CHOSEN)
    ports.customers.forget(PERSON)
    ports.customers.forget(PERSON)

    assert ports.choices.choices(PERSON) == Choices(version=2, stopped=CHOSEN.stopped)
    with pytest.raises(ConflictError):
        ports.choices.keep_choices(PERSON, CHOSEN.changed(channel="whatsapp"))


def test_forgetting_somebody_unknown_leaves_no_trace_of_them(ports: Ports) -> None:
    ports.customers.forget(PERSON)

    ports.choices.keep_choices(PERSON, CHOSEN)
    assert ports.choices.choices(PERSON) == CHOSEN
