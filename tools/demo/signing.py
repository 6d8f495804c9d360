"""How stores and vendors sign: keyed digests of what they send, written from their documentation."""

import base64
import hashlib
import hmac


def hmac_base64(secret: str, signed: bytes) -> str:
    """HMAC-SHA256, base64."""
    return base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()


def hmac_hex(secret: str, signed: bytes) -> str:
    """HMAC-SHA256, hexadecimal."""
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
