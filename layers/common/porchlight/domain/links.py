"""Signed tracking links: opaque, short, and worth nothing for any other order.

A token is version, order key, expiry and a truncated HMAC-SHA256 (128 bits), base64url: 50 characters without personal
data. Two keys may be valid at once, so that the key can be rotated.
"""

import hashlib
import hmac
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from collections.abc import Sequence
from datetime import UTC, datetime

from porchlight.domain.errors import InvalidSignatureError

_VERSION = b"\x01"
_ORDER, _EXPIRY, _SEAL = 16, 4, 16
_LENGTH = 1 + _ORDER + _EXPIRY


def sign_link(order_id: str, expires_at: datetime, key: str) -> str:
    """The token that opens this order's page until `expires_at`."""
    order = b32decode(order_id.upper() + "=" * (-len(order_id) % 8))
    return seal_token(_VERSION + order + int(expires_at.timestamp()).to_bytes(_EXPIRY), key)


def open_link(token: str, keys: Sequence[str], now: datetime) -> str:
    """The order a token opens. Raises `InvalidSignatureError` for a forged, mangled or expired one alike."""
    plain = open_token(token, keys)
    if plain[:1] != _VERSION or len(plain) != _LENGTH or is_over(plain[1 + _ORDER :], now):
        raise InvalidSignatureError
    return b32encode(plain[1 : 1 + _ORDER]).decode().rstrip("=").lower()


def seal_token(plain: bytes, key: str) -> str:
    """Plain bytes with their seal, base64url. The first byte tells one kind of token from every other."""
    return urlsafe_b64encode(plain + _seal(plain, key)).decode().rstrip("=")


def open_token(token: str, keys: Sequence[str]) -> bytes:
    """The plain bytes of a token under any of the keys. Raises `InvalidSignatureError` for a forged or mangled one."""
    raw = _decoded(token)
    plain, seal = raw[:-_SEAL], raw[-_SEAL:]
    genuine = [hmac.compare_digest(seal, _seal(plain, key)) for key in keys if key]
    if not plain or not any(genuine):
        raise InvalidSignatureError
    return plain


def is_over(expiry: bytes, now: datetime) -> bool:
    """Whether this time, in seconds since 1970, has come."""
    return datetime.fromtimestamp(int.from_bytes(expiry), UTC) <= now


def lookup_digest(order_number: str, email: str, key: str) -> str:
    """What an order number and an e-mail address are found by: keyed, so that the index tells nobody anything."""
    plain = "\x1f".join((order_number.strip().lstrip("#").casefold(), email.strip().casefold()))
    return hmac.digest(key.encode(), b"lookup\x1f" + plain.encode(), hashlib.sha256).hex()[:32]


def person_digest(address: str) -> str:
    """What a shopper's preferences and suppressions are found by."""
    return hashlib.sha256(b"person\x1f" + address.strip().casefold().encode()).hexdigest()[:32]


def _seal(plain: bytes, key: str) -> bytes:
    return hmac.digest(key.encode(), plain, hashlib.sha256)[:_SEAL]


def _decoded(token: str) -> bytes:
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (NotBase64Error, ValueError) as error:
        raise InvalidSignatureError from error
    if urlsafe_b64encode(raw).decode().rstrip("=") != token:
        raise InvalidSignatureError
    return raw
