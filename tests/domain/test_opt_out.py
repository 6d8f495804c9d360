"""The link that stops messages, and nothing else."""

import string
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.facts import order_id_of
from porchlight.domain.links import open_link, person_digest, seal_token, sign_link
from porchlight.domain.opt_out import LIFE, OptOut, open_opt_out, sign_opt_out
from porchlight.domain.personal_links import MOST
from porchlight.domain.purposes import Purpose

from tests.domain.stories import hours

KEY, OLD_KEY = "k" * 32, "o" * 32
ORDER = order_id_of("shopify", "shop", "77")
ONE = OptOut(
    person=person_digest("ada@example.com"),
    order_id=ORDER,
    purpose=Purpose.MARKETING,
    channel="email",
    touchpoint="review_request",
    variant="later",
    locale="ar",
)
TOKEN = sign_opt_out(ONE, hours(24), KEY)


def refused(token: str, *, keys: tuple[str, ...] = (KEY,), at: float = 0) -> bool:
    try:
        open_opt_out(token, keys, hours(at))
    except InvalidSignatureError:
        return True
    return False


@given(st.text(), st.sampled_from(["", "later"]), st.sampled_from(Purpose))
def test_a_token_names_what_it_was_signed_for(vendor_order_id: str, variant: str, purpose: Purpose) -> None:
    order = order_id_of("shopify", "shop", vendor_order_id)
    one = ONE.model_copy(update={"order_id": order, "variant": variant, "purpose": purpose})
    assert open_opt_out(sign_opt_out(one, hours(0) + LIFE, KEY), [KEY], hours(24 * 1000)) == one


def test_a_token_is_fit_for_a_url_and_a_header_and_names_nobody() -> None:
    assert set(TOKEN) <= set(string.ascii_letters + string.digits + "-_")
    assert len(TOKEN) < MOST
    assert b"ada" not in urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))


def test_a_token_expires_to_the_second_and_serves_long() -> None:
    assert not refused(TOKEN, at=23.99)
    assert refused(TOKEN, at=24)
    assert LIFE.days >= 30


def test_both_keys_of_a_rotation_open_and_no_other() -> None:
    assert not refused(TOKEN, keys=(OLD_KEY, KEY))
    assert refused(TOKEN, keys=(OLD_KEY,))
    assert refused(TOKEN, keys=())


def test_a_tracking_link_stops_nothing_and_this_opens_no_order() -> None:
    assert refused(sign_link(ORDER, hours(24), KEY))
    with pytest.raises(InvalidSignatureError):
        open_link(TOKEN, [KEY], hours(0))


@given(st.binary(max_size=60).filter(lambda plain: plain[:1] != b"\x02"))
def test_whatever_else_is_sealed_with_the_key_stops_nothing(plain: bytes) -> None:
    assert refused(seal_token(plain, KEY))


@pytest.mark.parametrize("at", range(len(TOKEN)))
def test_a_token_with_any_one_letter_changed_is_refused(at: int) -> None:
    for other in string.ascii_letters + "-_=":
        if other != TOKEN[at]:
            assert refused(TOKEN[:at] + other + TOKEN[at + 1 :])


@pytest.mark.parametrize("token", ["", "a", TOKEN[:-1], TOKEN + "=", "é" * 40, "A" * 100_000])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refused(token)


def test_a_token_for_another_person_can_not_be_made_from_one() -> None:
    raw = bytearray(urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4)))
    raw[1:17] = bytes.fromhex(person_digest("grace@example.com"))
    assert refused(urlsafe_b64encode(raw).decode().rstrip("="))
