"""Links open one order until they expire, and nothing else."""

import string
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.facts import order_id_of
from porchlight.domain.links import lookup_digest, open_link, person_digest, sign_link

from tests.domain.stories import hours

KEY, OLD_KEY = "k" * 32, "o" * 32
ORDER = order_id_of("shopify", "shop", "77")
TOKEN = sign_link(ORDER, hours(24), KEY)


def refused(token: str, *, keys: tuple[str, ...] = (KEY,), at: float = 0) -> bool:
    try:
        open_link(token, keys, hours(at))
    except InvalidSignatureError:
        return True
    return False


@given(st.text(), st.text(min_size=1, max_size=40), st.integers(1, 10_000))
def test_a_link_opens_the_order_it_was_signed_for(vendor_order_id: str, key: str, days: int) -> None:
    order = order_id_of("shopify", "shop", vendor_order_id)
    token = sign_link(order, hours(24 * days), key)
    assert open_link(token, [key], hours(0)) == order


def test_a_link_is_short_opaque_and_fit_for_a_url() -> None:
    assert len(TOKEN) == 50
    assert set(TOKEN) <= set(string.ascii_letters + string.digits + "-_")


def test_a_link_expires_to_the_second() -> None:
    assert not refused(TOKEN, at=23.99)
    assert refused(TOKEN, at=24)


def test_a_link_of_another_key_is_refused() -> None:
    assert refused(TOKEN, keys=(OLD_KEY,))


def test_both_keys_of_a_rotation_open() -> None:
    old = sign_link(ORDER, hours(24), OLD_KEY)
    assert {open_link(one, (KEY, OLD_KEY), hours(0)) for one in (TOKEN, old)} == {ORDER}


@pytest.mark.parametrize("keys", [(), ("",), ("", "")])
def test_without_a_key_nothing_opens(keys: tuple[str, ...]) -> None:
    assert refused(TOKEN, keys=keys)
    assert refused(sign_link(ORDER, hours(24), ""), keys=keys)


@pytest.mark.parametrize("bit", range(37 * 8))
def test_a_link_with_any_one_bit_changed_is_refused(bit: int) -> None:
    raw = bytearray(urlsafe_b64decode(TOKEN + "=="))
    raw[bit // 8] ^= 1 << bit % 8
    assert refused(urlsafe_b64encode(raw).decode().rstrip("="))


@pytest.mark.parametrize("at", range(50))
def test_a_link_has_exactly_one_spelling(at: int) -> None:
    for other in string.ascii_letters + "-_ +/=\n":
        if other != TOKEN[at]:
            assert refused(TOKEN[:at] + other + TOKEN[at + 1 :])


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN + "=",
        TOKEN + "==",
        " " + TOKEN,
        TOKEN.upper(),
        "é" * 50,
        "\ud800",
        "A" * 5000,
    ],
)
def test_a_mangled_link_is_refused(token: str) -> None:
    assert refused(token)


@given(st.text(max_size=80))
def test_any_other_text_is_refused(text: str) -> None:
    assert text == TOKEN or refused(text)


def test_a_refusal_gives_no_detail() -> None:
    with pytest.raises(InvalidSignatureError) as forged:
        open_link(TOKEN[:-1], (KEY,), hours(0))
    with pytest.raises(InvalidSignatureError) as expired:
        open_link(TOKEN, (KEY,), hours(25))
    assert str(forged.value) == str(expired.value) == ""


def test_links_of_two_orders_or_two_expiries_differ() -> None:
    other = order_id_of("shopify", "shop", "78")
    assert len({TOKEN, sign_link(other, hours(24), KEY), sign_link(ORDER, hours(25), KEY)}) == 3


@pytest.mark.parametrize(
    ("number", "email"), [("1001", "ada@example.com"), (" #1001 ", "ADA@Example.com"), ("#1001", " ada@example.com")]
)
def test_a_look_up_forgives_case_spaces_and_the_number_sign(number: str, email: str) -> None:
    assert lookup_digest(number, email, KEY) == lookup_digest("#1001", "ada@example.com", KEY)


@pytest.mark.parametrize(
    ("number", "email"),
    [("1002", "ada@example.com"), ("1001", "eve@example.com"), ("1001a", "da@example.com"), ("", "")],
)
def test_a_look_up_needs_both_to_be_right(number: str, email: str) -> None:
    assert lookup_digest(number, email, KEY) != lookup_digest("1001", "ada@example.com", KEY)


def test_digests_tell_nothing_and_depend_on_the_key() -> None:
    assert lookup_digest("1001", "ada@example.com", KEY) != lookup_digest("1001", "ada@example.com", OLD_KEY)
    assert person_digest(" Ada@example.com") == person_digest("ada@example.com")
    assert "ada" not in person_digest("ada@example.com")


def test_a_link_may_live_for_decades() -> None:
    far = hours(0) + timedelta(days=365 * 60)
    assert open_link(sign_link(ORDER, far, KEY), [KEY], hours(0)) == ORDER
