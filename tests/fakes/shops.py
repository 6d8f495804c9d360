"""Two shops that can be read: WooCommerce, which tells orders whole, and BigCommerce, which names them first."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

from porchlight.domain.errors import RefusedCredentialsError, UnknownParcelError
from porchlight.domain.exchange import HttpRequest

from tests import payloads

WOO, BIG = "woo.example", "api.bigcommerce.com"
PAGE = 50
ALL_OF_IT: Callable[[str], None] = lambda _: None  # noqa: E731 nothing is in the way


@dataclass
class Sold:
    """One order as the shop knows it."""

    placed_at: datetime
    changed_at: datetime
    number: str = ""
    note: str = ""


@dataclass
class ShopSite:
    """`Http`: orders as of `clock()`, pages of fifty by the time of their change.

    Attributes:
        before: Called with each path; raises what shall go wrong.
        asked: Every path.
    """

    clock: Callable[[], datetime]
    orders: dict[int, Sold] = field(default_factory=dict)
    before: Callable[[str], None] = ALL_OF_IT
    asked: list[str] = field(default_factory=list)
    refuses: bool = False

    def answers(self, request: HttpRequest) -> bool:
        return urlsplit(request.url).netloc in {WOO, BIG}

    def call(self, request: HttpRequest) -> bytes:
        url = urlsplit(request.url)
        self.asked.append(f"{url.path}?{url.query}")
        self.before(url.path)
        if self.refuses:
            message = "401"
            raise RefusedCredentialsError(message)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        parts = url.path.split("/")
        after = parts.index("orders") + 1
        answer = self._woo if url.netloc == WOO else self._big
        return answer(parts[after:], query) or b""

    def _woo(self, parts: list[str], query: dict[str, str]) -> bytes:
        if not parts:
            # the limit itself is left out
            since = datetime.fromisoformat(query["modified_after"]).replace(tzinfo=UTC)
            found = [one for one in self._changed() if self.orders[one].changed_at > since]
            return _json([_woo_order(one, self.orders[one]) for one in _paged(found, query)])
        order = self._order(parts[0])
        return _json([] if parts[1:] else _woo_order(int(parts[0]), order))

    def _big(self, parts: list[str], query: dict[str, str]) -> bytes:
        if not parts:
            since = datetime.fromisoformat(query["min_date_modified"])
            found = [one for one in self._changed() if self.orders[one].changed_at >= since]
            heads = [_big_head(one, self.orders[one]) for one in _paged(found, query)]
            return _json(heads) if heads else b""
        order = self._order(parts[0])
        return _big_part(int(parts[0]), order, "/".join(parts[1:]))

    def _changed(self) -> list[int]:
        now = self.clock()
        known = [one for one, order in self.orders.items() if order.changed_at <= now]
        return sorted(known, key=lambda one: (self.orders[one].changed_at, one))

    def _order(self, name: str) -> Sold:
        order = self.orders.get(int(name))
        if order is None:
            message = "404"
            raise UnknownParcelError(message)
        return order


def _paged(found: list[int], query: dict[str, str]) -> list[int]:
    first = (int(query["page"]) - 1) * PAGE
    return found[first : first + PAGE]


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _woo_order(name: int, order: Sold) -> payloads.Json:
    tracked = {"tracking_provider": "UPS", "tracking_number": order.number, "date_shipped": _epoch(order.changed_at)}
    kept = [{"key": "_wc_shipment_tracking_items", "value": [tracked]}] if order.number else []
    person = {"first_name": "Ada", "last_name": "Marlow", "email": payloads.EMAIL, "country": "US", "city": "Boise"}
    return {
        "id": name,
        "number": str(name),
        "status": "completed" if order.number else "processing",
        "date_created_gmt": f"{order.placed_at:%Y-%m-%dT%H:%M:%S}",
        "date_modified_gmt": f"{order.changed_at:%Y-%m-%dT%H:%M:%S}",
        "date_completed_gmt": f"{order.changed_at:%Y-%m-%dT%H:%M:%S}" if order.number else None,
        "customer_note": order.note,
        "billing": person,
        "shipping": person,
        "currency": "USD",
        "total": "24.50",
        "line_items": [{"id": 1, "name": "Storm lantern", "quantity": 1, "price": 24.5}],
        "shipping_lines": [{"method_id": "flat_rate"}],
        "meta_data": kept,
    }


def _big_head(name: int, order: Sold) -> payloads.Json:
    return {
        "id": name,
        "status_id": 2 if order.number else 11,
        "date_created": format_datetime(order.placed_at),
        "date_modified": format_datetime(order.changed_at),
    }


def _big_part(name: int, order: Sold, part: str) -> bytes:
    person = {"first_name": "Ada", "last_name": "Marlow", "email": payloads.EMAIL, "country_iso2": "US"}
    if not part:
        return _json({**_big_head(name, order), "billing_address": person, "total_inc_tax": "24.50"})
    if part == "products":
        return _json([{"id": 7, "product_id": 70, "name": "Storm lantern", "quantity": 1, "type": "physical"}])
    if part == "shippingaddresses":
        return _json([{**person, "items_total": 1}])
    if part == "shipments" and order.number:
        sent = {"id": 9, "date_created": format_datetime(order.changed_at), "tracking_number": order.number}
        return _json([{**sent, "shipping_provider": "ups", "items": [{"order_product_id": 7, "quantity": 1}]}])
    return b""


def _epoch(moment: datetime) -> str:
    return str(int(moment.timestamp()))
