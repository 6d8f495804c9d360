"""Which channel a message takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.channel_choice import Wish, answer_rate, channel_for
from porchlight.domain.purposes import Purpose
from porchlight.domain.shopper import NOBODY, Response, Shopper

from tests.domain.stories import order

BOTH = ("email", "sms")
NEWS = Wish(Purpose.SERVICE, BOTH)
OFFER = Wish(Purpose.MARKETING, BOTH)
ORDER = order()
AGREED = order(marketing_consent=True)


def test_without_anything_known_the_merchants_order_counts() -> None:
    assert channel_for(NEWS, BOTH, NOBODY, ORDER) == "email"
    assert channel_for(NEWS, {"sms"}, NOBODY, ORDER) == "sms"
    assert channel_for(NEWS, (), NOBODY, ORDER) == ""


def test_own_choice_counts_before_everything() -> None:
    shopper = Shopper(channel="sms", responses={"email": Response(sent=20, answered=20)})
    assert channel_for(NEWS._replace(costs={"sms": 7}), BOTH, shopper, ORDER) == "sms"
    assert channel_for(NEWS, {"email"}, shopper, ORDER) == "email"


def test_where_they_answer_counts_before_what_it_costs() -> None:
    deaf = Shopper(responses={"email": Response(sent=20)})
    assert channel_for(NEWS._replace(costs={"sms": 7}), BOTH, deaf, ORDER) == "sms"


def test_of_channels_answered_alike_the_cheapest_is_used() -> None:
    wish = Wish(Purpose.SERVICE, ("sms", "email"), {"sms": 7, "email": 0.1})
    assert channel_for(wish, BOTH, NOBODY, ORDER) == "email"


@pytest.mark.parametrize(
    "shopper",
    [
        Shopper(channel="email", suppressed={"email": "it bounced for good"}),
        Shopper(channel="email", stopped=frozenset({"service.email"})),
    ],
)
def test_channel_that_takes_nothing_is_passed_over_for_the_next(shopper: Shopper) -> None:
    assert channel_for(NEWS, BOTH, shopper, ORDER) == "sms"
    assert channel_for(NEWS, {"email"}, shopper, ORDER) == "email", "the guards tell why nothing is sent"


def test_message_that_failed_on_one_channel_takes_the_next() -> None:
    assert channel_for(NEWS._replace(failed={"email"}), BOTH, NOBODY, ORDER) == "sms"


def test_marketing_takes_only_the_channel_they_agreed_to() -> None:
    assert channel_for(OFFER, BOTH, NOBODY, order(sms_consent=True)) == "sms"
    assert channel_for(OFFER, BOTH, Shopper(channel="sms"), AGREED) == "email"
    assert channel_for(OFFER, BOTH, Shopper(channel="sms", consented=frozenset({"sms"})), AGREED) == "sms"


@given(
    st.sets(st.sampled_from(BOTH)), st.sampled_from(["", *BOTH]), st.dictionaries(st.sampled_from(BOTH), st.just("x"))
)
def test_whoever_has_an_address_has_a_channel(reach: set[str], choice: str, suppressed: dict[str, str]) -> None:
    channel = channel_for(NEWS, reach, Shopper(channel=choice, suppressed=suppressed), ORDER)
    assert channel in reach if reach else channel == ""
    assert channel not in suppressed or reach <= suppressed.keys()


@given(st.integers(0, 50), st.integers(0, 50))
def test_rate_of_answers_is_a_share(sent: int, answered: int) -> None:
    assert 0 < answer_rate(Response(sent=sent, answered=answered)) < 1
    assert answer_rate(Response(sent=sent + 1)) < answer_rate(Response(sent=sent))
