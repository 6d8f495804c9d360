"""The link in a message by which its reader stops messages like it: what its token names."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from porchlight.domain.model import Value
from porchlight.domain.personal_links import Named, open_personal, sign_personal
from porchlight.domain.purposes import Purpose

LIFE = timedelta(days=3 * 365)
"""The law wants 30 days at least (CAN-SPAM); people unsubscribe from what they find when they tidy up."""
_VERSION = b"\x02"


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
    words = (one.purpose.value, one.channel, one.touchpoint, one.variant, one.locale)
    return sign_personal(_VERSION, Named(one.person, one.order_id, words), expires_at, key)


def open_opt_out(token: str, keys: Sequence[str], now: datetime) -> OptOut:
    """What a token refuses. Raises `InvalidSignatureError` for a forged, mangled or expired one alike."""
    named = open_personal(_VERSION, token, keys, now)
    purpose, channel, touchpoint, variant, locale = named.words
    return OptOut(
        person=named.person,
        order_id=named.order_id,
        purpose=Purpose(purpose),
        channel=channel,
        touchpoint=touchpoint,
        variant=variant,
        locale=locale,
    )
