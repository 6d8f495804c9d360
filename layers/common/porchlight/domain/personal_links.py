"""Links in a message that act for its reader: a signed token that names a person, an order and a few words.

A token is version, person, order, expiry, words and a seal as in links.py. The version byte stands under the seal, so
that a link of one kind does nothing of another. The person is a digest: no address is in it.
"""

from base64 import b32decode, b32encode
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.links import is_over, open_token, seal_token

MOST = 400
"""Characters of a token; ours have some 150."""
_PERSON, _ORDER, _EXPIRY = 16, 16, 4
_HEAD = 1 + _PERSON + _ORDER + _EXPIRY
_BETWEEN = "\x1f"


class Named(NamedTuple):
    """What a token names.

    Attributes:
        person: Digest of the reader's address.
        order_id: The order whose message carried the link.
        words: What one kind of link needs beside these, none of it with a control character.
    """

    person: str
    order_id: str
    words: tuple[str, ...]


def sign_personal(version: bytes, named: Named, expires_at: datetime, key: str) -> str:
    """The token that names this until `expires_at`; `version` is one byte of its kind."""
    order = b32decode(named.order_id.upper() + "=" * (-len(named.order_id) % 8))
    head = version + bytes.fromhex(named.person) + order + int(expires_at.timestamp()).to_bytes(_EXPIRY)
    return seal_token(head + _BETWEEN.join(named.words).encode(), key)


def open_personal(version: bytes, token: str, keys: Sequence[str], now: datetime) -> Named:
    """What a token of this kind names.

    Raises:
        InvalidSignatureError: It is forged, mangled, expired or of another kind; nobody can tell which.
    """
    plain = open_token(token, keys) if len(token) <= MOST else b""
    if plain[:1] != version or is_over(plain[_HEAD - _EXPIRY : _HEAD], now):
        raise InvalidSignatureError
    order = b32encode(plain[1 + _PERSON : _HEAD - _EXPIRY]).decode().rstrip("=").lower()
    return Named(plain[1 : 1 + _PERSON].hex(), order, tuple(plain[_HEAD:].decode().split(_BETWEEN)))
