"""Signatures fail closed, over raw bytes, with two secrets while rotating (F3 to F7)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.signatures import HEADER_LIMIT, hmac_base64, hmac_hex, require_fresh, require_signature

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BODY = b'{"id": 1}'


def accepted(given: str | None, secrets: list[str], body: bytes = BODY) -> bool:
    try:
        require_signature(given, secrets, lambda secret: hmac_base64(secret, body))
    except InvalidSignatureError:
        return False
    return True


def test_the_digests_are_those_of_the_published_test_vector() -> None:
    """RFC 4231, test case 2."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hmac_hex("Jefe", b"what do ya want for nothing?") == expected
    assert hmac_base64("Jefe", b"what do ya want for nothing?") == "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="


@given(st.binary(max_size=200), st.text(min_size=1, max_size=20))
def test_what_the_secret_signs_is_accepted_and_any_other_body_is_not(body: bytes, secret: str) -> None:
    signature = hmac_base64(secret, body)
    assert accepted(signature, [secret], body)
    assert not accepted(signature, [secret], body + b"\n")
    assert not accepted(signature, [secret + "x"], body)


def test_both_secrets_of_a_rotation_are_accepted_and_the_old_one_is_refused_after_it() -> None:
    old, new = hmac_base64("old", BODY), hmac_base64("new", BODY)
    assert accepted(old, ["new", "old"])
    assert accepted(new, ["new", "old"])
    assert not accepted(old, ["new"])


@pytest.mark.parametrize("secrets", [[], [""], ["", ""]])
def test_without_a_secret_everything_is_refused(secrets: list[str]) -> None:
    assert not accepted(hmac_base64("", BODY), secrets)
    assert not accepted("", secrets)
    assert not accepted(None, secrets)


def test_an_empty_secret_beside_a_real_one_opens_nothing() -> None:
    assert not accepted(hmac_base64("", BODY), ["real", ""])


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        " ",
        "é" * 44,
        "\ud800",
        "\x00\udcff",
        "x" * 10_000,
        hmac_base64("s", BODY) + " ",
        hmac_base64("s", BODY)[:-1],
    ],
)
def test_a_missing_mangled_or_overlong_header_is_refused_without_any_other_error(header: str | None) -> None:
    assert not accepted(header, ["s"])


def test_a_header_sent_twice_is_refused() -> None:
    signature = hmac_base64("s", BODY)
    assert not accepted(f"{signature}, {signature}", ["s"])


def test_an_overlong_header_is_refused_even_where_it_is_the_expected_one() -> None:
    long = "x" * (HEADER_LIMIT + 1)
    with pytest.raises(InvalidSignatureError):
        require_signature(long, ["s"], lambda _: long)


@given(st.text())
def test_no_text_opens_without_the_secret(header: str) -> None:
    assert not accepted(header, ["s"]) or header == hmac_base64("s", BODY)


def test_every_secret_is_tried_even_after_one_matched() -> None:
    tried: list[str] = []

    def expected(secret: str) -> str:
        tried.append(secret)
        return hmac_base64(secret, BODY)

    require_signature(hmac_base64("new", BODY), ["new", "old"], expected)
    assert tried == ["new", "old"]


@pytest.mark.parametrize(
    ("minutes", "fresh"), [(0, True), (5, True), (-5, True), (5.01, False), (-5.01, False), (6, False), (-6, False)]
)
def test_a_signed_time_may_be_five_minutes_off_either_way(minutes: float, fresh: bool) -> None:
    signed_at = NOW + timedelta(minutes=minutes)
    if fresh:
        require_fresh(signed_at, NOW)
    else:
        with pytest.raises(InvalidSignatureError):
            require_fresh(signed_at, NOW)


def test_a_missing_signed_time_is_refused() -> None:
    with pytest.raises(InvalidSignatureError):
        require_fresh(None, NOW)
