"""A vendor's headers on a delivery, so that the deployed stack finds them genuine.

Written from the vendors' documents, not from the plug-ins: what both sides must agree on is said twice on purpose.
"""

import base64
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Callable

Headers = dict[str, str]


def signed(vendor: str, body: bytes, secret: str, *, topic: str = "", delivery: str = "") -> Headers:
    """Headers of one delivery. A vendor without a rule here gets a plain body, which the stack must refuse."""
    headers = {"Content-Type": "application/json"}
    if topic:
        headers |= {"X-Shopify-Topic": topic, "X-Shopify-Webhook-Id": delivery}
    return headers | _RULES.get(vendor, _nothing)(body, secret)


def _nothing(_body: bytes, _secret: str) -> Headers:
    return {}


def _shopify(body: bytes, secret: str) -> Headers:
    return {"X-Shopify-Hmac-Sha256": _base64(body, secret)}


def _easypost(body: bytes, secret: str) -> Headers:
    key = unicodedata.normalize("NFKD", secret).encode()
    return {"X-Hmac-Signature": f"hmac-sha256-hex={hmac.digest(key, body, hashlib.sha256).hex()}"}


def _fedex(body: bytes, secret: str) -> Headers:
    return {"fdx-signature": _base64(body, secret)}


def _usps(body: bytes, secret: str) -> Headers:
    """Time and payload are signed, as they stand inside the envelope."""
    try:
        envelope = json.loads(body)
        signed_part = f"{envelope['timestamp']}{envelope['payload']}".encode()
    except (ValueError, KeyError, TypeError):
        signed_part = body
    return {"X-HMAC": _base64(signed_part, secret)}


def _ups(_body: bytes, secret: str) -> Headers:
    return {"credential": secret}


def _dhl(_body: bytes, secret: str) -> Headers:
    return {"DHL-Hook-Token": secret}


def _base64(body: bytes, secret: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


_RULES: dict[str, Callable[[bytes, str], Headers]] = {
    "shopify": _shopify,
    "easypost": _easypost,
    "fedex": _fedex,
    "usps": _usps,
    "ups": _ups,
    "dhl_unified": _dhl,
}
