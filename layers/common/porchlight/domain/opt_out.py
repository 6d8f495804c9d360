"""The link in a message by which its reader stops messages like it: a signed token, and what it names.

A token is version, person, order, expiry, texts and a seal as in links.py; its own version byte stands under the seal,
so that a tracking link stops nothing and this one opens no order. The person is a digest: no address is in it.
"""

from base64 import b32decode, b32encode
from collections.abc import Sequence
from datetime import datetime, timedelta

from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.links import is_over, open_token, seal_token
from porchlight.domain.model import Value
from porchlight.domain.purposes import Purpose

LIFE = timedelta(days=3 * 365)
"""The law wants 30 days at least (CAN-SPAM); people unsubscribe from what they find when they tidy up."""
MOST = 400
"""Characters of a token; ours have some 150."""
_VERSION = b"\x02"
_PERSON, _ORDER, _EXPIRY = 16, 16, 4
_HEAD = 1 + _PERSON + _ORDER + _EXPIRY
_BETWEEN = "\x1f"


class OptOut(Value):
    """What a reader refuses, and where they read it.

    Attributes:
        person: Digest of their address.
        order_id: The order whose message carried the link; `touchpoint` and `variant` name the message's kind.
        locale: Of that message.
    """

    person: str
    order_id: str
    purpose: Purpose
    channel: str
    touchpoint: str
    variant: str = ""
    locale: str = ""


def sign_opt_out(one: OptOut, expires_at: datetime, key: str) -> str:
    """The token that refuses this until `expires_at`."""
    order = b32decode(one.order_id.upper() + "=" * (-len(one.order_id) % 8))
    named = (one.purpose.value, one.channel, one.touchpoint, one.variant, one.locale)
    head = _VERSION + bytes.fromhex(one.person) + order + int(expires_at.timestamp()).to_bytes(_EXPIRY)
    return seal_token(head + _BETWEEN.join(named).encode(), key)


def open_opt_out(token: str, keys: Sequence[str], now: datetime) -> OptOut:
    """What a token refuses. Raises `InvalidSignatureError` for a forged, mangled or expired one alike."""
    plain = open_token(token, keys) if len(token) <= MOST else b""
    if plain[:1] != _VERSION or is_over(plain[_HEAD - _EXPIRY : _HEAD], now):
        raise InvalidSignatureError
    purpose, channel, touchpoint, variant, locale = plain[_HEAD:].decode().split(_BETWEEN)
    return OptOut(
        person=plain[1 : 1 + _PERSON].hex(),
        order_id=b32encode(plain[1 + _PERSON : _HEAD - _EXPIRY]).decode().rstrip("=").lower(),
        purpose=Purpose(purpose),
        channel=channel,
        touchpoint=touchpoint,
        variant=variant,
        locale=locale,
    )
