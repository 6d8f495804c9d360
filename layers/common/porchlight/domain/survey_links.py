"""The link in a message by which its reader answers the survey: what its token names. The score stands behind it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.model import Value
from porchlight.domain.personal_links import Named, open_personal, sign_personal

LIFE = timedelta(days=180)
"""As long as the link to the order in the same message."""
_VERSION = b"\x03"
_WORDS = 3


class Ask(Value):
    """Who is asked about which order, and by which message.

    Attributes:
        person: Digest of their address.
        message_id: Of the message that asks: its touchpoint and variant stand in the order's ledger.
        locale: Of that message.
    """

    person: str
    order_id: str
    message_id: str
    channel: str
    locale: str = ""


def sign_ask(one: Ask, expires_at: datetime, key: str) -> str:
    """The token that answers this until `expires_at`."""
    words = (one.message_id, one.channel, one.locale)
    return sign_personal(_VERSION, Named(one.person, one.order_id, words), expires_at, key)


def open_ask(token: str, keys: Sequence[str], now: datetime) -> Ask:
    """What a token answers. Raises `InvalidSignatureError` for a forged, mangled or expired one alike."""
    named = open_personal(_VERSION, token, keys, now)
    if len(named.words) != _WORDS:
        raise InvalidSignatureError
    message_id, channel, locale = named.words
    return Ask(
        person=named.person,
        order_id=named.order_id,
        message_id=message_id,
        channel=channel,
        locale=locale,
    )
