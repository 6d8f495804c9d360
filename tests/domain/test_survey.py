"""The survey's answers, its links, and what is reported of it."""

import string
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.choices import UNDECIDED, Choices
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.facts import order_id_of
from porchlight.domain.links import open_link, person_digest, seal_token, sign_link
from porchlight.domain.opt_out import OptOut, open_opt_out, sign_opt_out
from porchlight.domain.personal_links import MOST, Named, sign_personal
from porchlight.domain.purposes import Purpose
from porchlight.domain.shopper import NOBODY
from porchlight.domain.survey import MOST_ANSWERS, SCORES, Answer, answer_about, score_of
from porchlight.domain.survey_links import LIFE, Ask, open_ask, sign_ask
from porchlight.domain.survey_report import by_week, summary

from tests.domain.stories import hours

KEY, OLD_KEY = "k" * 32, "o" * 32
ORDER = order_id_of("shopify", "shop", "77")
ONE = Ask(
    person=person_digest("ada@example.com"),
    order_id=ORDER,
    message_id="survey#all_arrived",
    channel="email",
    locale="ar",
)
TOKEN = sign_ask(ONE, hours(24), KEY)
NOW = datetime(2026, 5, 20, 8, 16, tzinfo=UTC)
GIVEN = st.builds(
    Answer,
    order_id=st.sampled_from(["a", "b", "c"]),
    score=st.sampled_from(SCORES),
    at=st.integers(0, 400).map(lambda days: NOW + timedelta(days=days)),
)


def refused(token: str, *, keys: tuple[str, ...] = (KEY,), at: float = 0) -> bool:
    try:
        open_ask(token, keys, hours(at))
    except InvalidSignatureError:
        return True
    return False


class TestLink:
    @given(st.text(), st.sampled_from(["", "ar"]), st.sampled_from(["survey#all_arrived", "poll#é#2"]))
    def test_names_what_it_was_signed_for(self, vendor_order_id: str, locale: str, message_id: str) -> None:
        order = order_id_of("shopify", "shop", vendor_order_id)
        one = ONE.model_copy(update={"order_id": order, "locale": locale, "message_id": message_id})
        assert open_ask(sign_ask(one, hours(0) + LIFE, KEY), [KEY], hours(24 * 100)) == one

    def test_is_fit_for_a_url_and_names_nobody(self) -> None:
        assert set(TOKEN) <= set(string.ascii_letters + string.digits + "-_")
        assert len(TOKEN) < MOST
        assert b"ada" not in urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))

    def test_expires_to_the_second(self) -> None:
        assert not refused(TOKEN, at=23.99)
        assert refused(TOKEN, at=24)

    def test_both_keys_of_a_rotation_open_and_no_other(self) -> None:
        assert not refused(TOKEN, keys=(OLD_KEY, KEY))
        assert refused(TOKEN, keys=(OLD_KEY,))
        assert refused(TOKEN, keys=())

    def test_of_another_purpose_answers_nothing_and_this_one_does_nothing_else(self) -> None:
        stop = OptOut(
            person=ONE.person, order_id=ORDER, purpose=Purpose.MARKETING, channel="email", touchpoint="survey"
        )
        assert refused(sign_link(ORDER, hours(24), KEY))
        assert refused(sign_opt_out(stop, hours(24), KEY))
        with pytest.raises(InvalidSignatureError):
            open_link(TOKEN, [KEY], hours(0))
        with pytest.raises(InvalidSignatureError):
            open_opt_out(TOKEN, [KEY], hours(0))

    @given(st.binary(max_size=60).filter(lambda plain: plain[:1] != b"\x03"))
    def test_whatever_else_is_sealed_with_the_key_answers_nothing(self, plain: bytes) -> None:
        assert refused(seal_token(plain, KEY))

    @given(st.lists(st.text(alphabet=string.ascii_lowercase), max_size=8).filter(lambda words: len(words) != 3))
    def test_with_other_words_than_ours_is_refused_although_the_seal_is_genuine(self, words: list[str]) -> None:
        assert refused(sign_personal(b"\x03", Named(ONE.person, ORDER, tuple(words)), hours(24), KEY))

    @pytest.mark.parametrize("at", range(0, len(TOKEN), 5))
    def test_with_any_one_letter_changed_is_refused(self, at: int) -> None:
        for other in string.ascii_letters + "-_=":
            if other != TOKEN[at]:
                assert refused(TOKEN[:at] + other + TOKEN[at + 1 :])

    @pytest.mark.parametrize("token", ["", "a", TOKEN[:-1], TOKEN + "=", "é" * 40, "A" * 100_000])
    def test_that_is_none_is_refused(self, token: str) -> None:
        assert refused(token)

    def test_for_another_person_can_not_be_made_from_one(self) -> None:
        raw = bytearray(urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4)))
        raw[1:17] = bytes.fromhex(person_digest("grace@example.com"))
        assert refused(urlsafe_b64encode(raw).decode().rstrip("="))


@given(st.text(max_size=3))
def test_nothing_but_the_five_digits_is_a_score(text: str) -> None:
    assert (score_of(text) is not None) == (text in {"1", "2", "3", "4", "5"})


@given(st.lists(GIVEN))
def test_of_each_order_the_last_answer_counts_and_no_other_order_is_touched(given: list[Answer]) -> None:
    choices = UNDECIDED
    for one in given:
        choices = choices.answering(one)

    last = {one.order_id: one.score for one in given}
    assert {one.order_id: one.score for one in choices.answers} == last
    assert len(choices.answers) == len(last)


def test_the_same_answer_again_is_no_change_and_keeps_its_time() -> None:
    first = UNDECIDED.answering(Answer(order_id="a", score=2, at=NOW))
    assert first.answering(Answer(order_id="a", score=2, at=NOW + timedelta(days=9))) is first
    assert first.answering(Answer(order_id="a", score=1, at=NOW + timedelta(days=9))).version == 2


def test_an_item_stays_small_whoever_orders_under_one_address() -> None:
    choices = UNDECIDED
    for number in range(MOST_ANSWERS + 30):
        choices = choices.answering(Answer(order_id=str(number), score=3, at=NOW))
    assert len(choices.answers) == MOST_ANSWERS
    assert answer_about(str(MOST_ANSWERS + 29), choices.answers), "the newest are kept"
    assert answer_about("0", choices.answers) is None


def test_an_answer_is_known_of_the_shopper_and_forgotten_with_the_person() -> None:
    stopped = frozenset({"marketing.*"})
    choices = Choices(stopped=stopped).answering(Answer(order_id="a", score=2, at=NOW))
    assert choices.known_of(NOBODY).answers == choices.answers
    assert choices.refusals() == Choices(version=2, stopped=stopped)


class TestReport:
    def test_counts_each_score_and_those_who_are_satisfied(self) -> None:
        found = summary(Answer(order_id=str(at), score=score, at=NOW) for at, score in enumerate((5, 5, 4, 3, 1)))

        assert found.counts == {1: 1, 2: 0, 3: 1, 4: 1, 5: 2}
        assert found.answers == 5
        assert found.average.value == pytest.approx(3.6)
        assert found.satisfied.value == pytest.approx(0.6)

    def test_of_nothing_knows_nothing(self) -> None:
        found = summary([])
        assert (found.answers, found.average.low, found.average.high) == (0, 1, 5)
        assert by_week([]) == {}

    @given(st.lists(GIVEN, min_size=1, max_size=60))
    def test_an_average_lies_within_its_range_and_the_range_on_the_scale(self, given: list[Answer]) -> None:
        average = summary(given).average
        assert 1 <= average.low <= average.value <= average.high <= 5
        assert average.value == pytest.approx(sum(one.score for one in given) / len(given))

    @given(st.lists(GIVEN, min_size=1, max_size=60))
    def test_more_of_the_same_answers_make_the_range_narrower(self, given: list[Answer]) -> None:
        few, many = summary(given).average, summary(given * 9).average
        assert many.high - many.low < few.high - few.low

    @given(st.lists(GIVEN, max_size=60))
    def test_weeks_add_up_and_begin_on_mondays(self, given: list[Answer]) -> None:
        weeks, whole = by_week(given), summary(given)
        assert {score: sum(one.counts[score] for one in weeks.values()) for score in SCORES} == whole.counts
        assert all(monday.weekday() == 0 for monday in weeks)
        assert list(weeks) == sorted(weeks)

    def test_the_range_holds_the_truth_for_the_most_scattered_answers(self) -> None:
        """Half of everybody says 1 and half says 5: of all ways to answer 20 questions, at least 95 % find the 3."""
        ways = hit = 0
        for happy in range(21):
            found = summary(Answer(order_id=str(at), score=5 if at < happy else 1, at=NOW) for at in range(20)).average
            weight = comb(20, happy)
            ways, hit = ways + weight, hit + weight * (found.low <= 3 <= found.high)
        assert hit / ways >= 0.95
