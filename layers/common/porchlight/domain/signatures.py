"""Proofs that a webhook comes from who it says: constant time, over the raw bytes, fail closed.

Every secret is tried even after one matched, so that the time taken does not tell which part of a rotation was right.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from porchlight.domain.errors import InvalidSignatureError

TOLERANCE = timedelta(minutes=5)
HEADER_LIMIT = 1024


def hmac_base64(secret: str, signed: bytes) -> str:
    """HMAC-SHA256 of `signed`, base64."""
    return b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()


def hmac_hex(secret: str, signed: bytes) -> str:
    """HMAC-SHA256 of `signed`, lower-case hex."""
    return hmac.digest(secret.encode(), signed, hashlib.sha256).hex()


def require_signature(given: str | None, secrets: Sequence[str], expected: Callable[[str], str]) -> None:
    """Raise `InvalidSignatureError` unless `given` is what one of `secrets` makes of the message.

    Args:
        given: The header as received; missing, empty, non-ASCII or overlong ones are refused.
        secrets: Shared secrets; none configured means refused.
        expected: The signature a secret gives.
    """
    claim = (given or "").encode("utf-8", "surrogatepass")
    usable = [secret for secret in secrets if secret]
    matches = [hmac.compare_digest(claim, expected(secret).encode()) for secret in usable]
    if not claim or len(claim) > HEADER_LIMIT or not any(matches):
        raise InvalidSignatureError


def require_fresh(signed_at: datetime | None, received_at: datetime) -> None:
    """Raise `InvalidSignatureError` when the signed time is missing or more than five minutes away, either way (F3)."""
    if signed_at is None or abs(received_at - signed_at) > TOLERANCE:
        raise InvalidSignatureError
