"""Those who call us, over HTTP: the stores' signed webhooks, vendors' signed pushes, and UPS, which signs nothing."""

import hashlib
import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from tools.demo.connections import STORE_SECRET
from tools.demo.formats import FORMATS, ups
from tools.demo.journey import Journey
from tools.demo.orders import Hook
from tools.demo.shop_clock import Clock
from tools.demo.signing import hmac_base64
from tools.demo.stores import bigcommerce, woocommerce
from tools.demo.vendor_api import Sending


class Senders:
    """One HTTP session for all of them. `addresses` are the connections' webhook addresses by plug-in code."""

    def __init__(self, addresses: Mapping[str, str], clock: Clock) -> None:
        self._addresses = addresses
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False

    def store(self, hook: Hook, *, secret: str = STORE_SECRET) -> int:
        """Send a store's webhook; returns the HTTP status. `secret` is Shopify's."""
        body = json.dumps(hook.body, ensure_ascii=False).encode()
        delivery = hashlib.sha256(hook.delivery.encode()).hexdigest()[:32]
        match hook.store:
            case woocommerce.CODE:
                headers = woocommerce.signed(hook, body, delivery)
            case bigcommerce.CODE:
                headers = bigcommerce.signed(hook, body, delivery, self._clock.now)
            case _:
                headers = {
                    "X-Shopify-Topic": hook.topic,
                    "X-Shopify-Webhook-Id": delivery,
                    "X-Shopify-Hmac-Sha256": hmac_base64(secret, body),
                }
        return self._post(hook.store, body, headers)

    def ups_hint(self, number: str, *, credential: str = ups.SECRET) -> int:
        """Send a Track Alert."""
        alert, headers = ups.alert(number, self._sending("ups"), credential)
        return self._post("ups", json.dumps(alert).encode(), headers)

    def push(self, code: str, journey: Journey) -> int:
        """Send a vendor's push, signed as it signs."""
        push = FORMATS[code].push
        if push is None:
            message = f"{code} pushes nothing"
            raise ValueError(message)
        body, headers = push.write(journey, self._sending(code))
        return self._post(code, body, headers)

    def _sending(self, code: str) -> Sending:
        return Sending(urlsplit(self._addresses[code]).path, self._clock.now)

    def _post(self, code: str, body: bytes, headers: dict[str, str]) -> int:
        headers = {"Content-Type": "application/json", **headers}
        return self._session.post(self._addresses[code], data=body, headers=headers, timeout=30).status_code
