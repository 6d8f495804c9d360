"""What shops, an aggregator and a carrier push, in their documented formats, with invented people and numbers."""

import json
from datetime import datetime, timedelta

from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.signatures import hmac_base64, hmac_hex

SHOP_SECRET = "shop-secret"
PUSH_SECRET = "push-secret"
HINT_SECRET = "hint-secret"
EMAIL = "ada.marlow@shopper.example"
PERSONAL = (EMAIL, "Ada", "Marlow", "Kiln Yard", "+44 20 7946 0321")
"""Everything personal that the payloads hold."""

type Json = dict[str, object]

ADDRESS: Json = {
    "first_name": "Ada",
    "last_name": "Marlow",
    "address1": "7 Kiln Yard",
    "phone": "+44 20 7946 0321",
    "city": "Boise",
    "zip": "83702",
    "province_code": "ID",
    "country_code": "US",
}


def order(
    at: datetime,
    *,
    order_id: int = 1001,
    lines: int = 1,
    email: str = EMAIL,
    updated_at: datetime | None = None,
    cancelled_at: datetime | None = None,
    fulfilments: tuple[Json, ...] = (),
    title: str = "Storm lantern",
    accepts_marketing: bool = False,
) -> Json:
    """A Shopify order of `lines` items."""
    return {
        "id": order_id,
        "name": f"#{order_id}",
        "created_at": at.isoformat(),
        "processed_at": at.isoformat(),
        "updated_at": (updated_at or at).isoformat(),
        "cancelled_at": cancelled_at.isoformat() if cancelled_at else None,
        "email": email,
        "customer_locale": "en-US",
        "buyer_accepts_marketing": accepts_marketing,
        "currency": "USD",
        "total_price": "24.50",
        "customer": {"first_name": "Ada", "last_name": "Marlow", "email": email},
        "shipping_address": dict(ADDRESS),
        "billing_address": dict(ADDRESS),
        "line_items": [line(index, title) for index in range(lines)],
        "fulfillments": list(fulfilments),
    }


def line(index: int, title: str = "Storm lantern") -> Json:
    """One order line; the same in order and fulfilment."""
    return {"id": 500 + index, "title": title, "quantity": 1, "requires_shipping": True}


def fulfilment(
    at: datetime,
    *numbers: str,
    order_id: int = 1001,
    fulfilment_id: int = 9001,
    company: str = "UPS",
    lines: tuple[int, ...] = (0,),
    updated_at: datetime | None = None,
    status: str = "success",
) -> Json:
    """A Shopify fulfilment."""
    return {
        "id": fulfilment_id,
        "order_id": order_id,
        "status": status,
        "created_at": at.isoformat(),
        "updated_at": (updated_at or at).isoformat(),
        "tracking_company": company,
        "tracking_numbers": list(numbers),
        "tracking_urls": [],
        "line_items": [line(index) for index in lines],
    }


def fulfilment_event(
    at: datetime, status: str, *, order_id: int = 1001, fulfilment_id: int = 9001, event_id: int = 1
) -> Json:
    """A scan as Shopify reports it."""
    return {
        "id": event_id,
        "order_id": order_id,
        "fulfillment_id": fulfilment_id,
        "status": status,
        "happened_at": at.isoformat(),
        "created_at": (at + timedelta(minutes=1)).isoformat(),
    }


def tracker(number: str, *scans: tuple[datetime, str], event_id: str, carrier: str = "Evri", day: str = "") -> Json:
    """An EasyPost event with the whole history; `scans` are time and EasyPost status, oldest first."""
    details = [
        {"message": f"Scan {index}", "status": status, "status_detail": "", "datetime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
        for index, (at, status) in enumerate(scans)
    ]
    last = scans[-1]
    result = {
        "tracking_code": number,
        "status": last[1],
        "carrier": carrier,
        "updated_at": f"{last[0]:%Y-%m-%dT%H:%M:%SZ}",
        "est_delivery_date": f"{day}T00:00:00Z" if day else None,
        "tracking_details": details,
    }
    return {"id": event_id, "description": "tracker.updated", "result": result}


def from_shop(topic: str, body: bytes, at: datetime, *, delivery_id: str, secret: str = SHOP_SECRET) -> WebhookRequest:
    """A signed Shopify delivery."""
    headers = {
        "x-shopify-hmac-sha256": hmac_base64(secret, body),
        "x-shopify-topic": topic,
        "x-shopify-webhook-id": delivery_id,
        "user-agent": "Shopify-Captain-Hook",
    }
    return WebhookRequest(headers=headers, body=body, path="/webhooks/stores/shopify/shop", received_at=at)


def from_aggregator(body: bytes, at: datetime, *, secret: str = PUSH_SECRET) -> WebhookRequest:
    """A signed EasyPost delivery."""
    headers = {"x-hmac-signature": f"hmac-sha256-hex={hmac_hex(secret, body)}"}
    return WebhookRequest(headers=headers, body=body, path="/webhooks/carriers/easypost/push", received_at=at)


def hint(number: str, at: datetime, *, secret: str = HINT_SECRET) -> WebhookRequest:
    """A UPS Track Alert: nothing in it is signed."""
    body = {
        "trackingNumber": number,
        "localActivityDate": f"{at:%Y%m%d}",
        "localActivityTime": f"{at:%H%M%S}",
        "gmtActivityDate": f"{at:%Y%m%d}",
        "gmtActivityTime": f"{at:%H:%M:%S}",
        "activityStatus": {"type": "D", "code": "FS", "description": "Delivered"},
    }
    headers = {"credential": secret}
    return WebhookRequest(
        headers=headers, body=json.dumps(body).encode(), path="/webhooks/carriers/ups/main", received_at=at
    )


def as_bytes(body: Json) -> bytes:
    """As it travels."""
    return json.dumps(body, separators=(",", ":")).encode()


def mail_event(kind: str, provider_id: str, tags: dict[str, str], to: str, at: datetime, **details: object) -> str:
    """An event of SES's publishing, as the feedback queue's body; `kind` as SES writes it (`Send`, `Bounce`)."""
    event = {
        "eventType": kind,
        "mail": {
            "timestamp": f"{at:%Y-%m-%dT%H:%M:%S.000Z}",
            "messageId": provider_id,
            "destination": [to],
            "tags": {name: [value] for name, value in tags.items()},
        },
        kind.lower(): {"timestamp": f"{at:%Y-%m-%dT%H:%M:%S.000Z}", **details},
    }
    return json.dumps(event)


def bounced(to: str, *, permanent: bool) -> Json:
    """What a `Bounce` event says."""
    kind = "Permanent" if permanent else "Transient"
    return {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": [{"emailAddress": to}]}


def complained(to: str) -> Json:
    """What a `Complaint` event says."""
    return {"complainedRecipients": [{"emailAddress": to}]}
