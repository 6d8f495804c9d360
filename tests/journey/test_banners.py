"""The shop's own lines on the tracking page, through the page's API."""

import json
from datetime import timedelta

import pytest
from porchlight.domain.banners import Banner
from porchlight.domain.errors import TransientError
from porchlight.domain.journey_checks import compiled
from porchlight.domain.links import sign_link
from porchlight.domain.segments import Segment
from porchlight.pipeline.tracking_api import answer

from tests import payloads
from tests.journey.shop import HOUR, ORDER, START, Shop

NOW = START + HOUR


def shop_with(*banners: Banner) -> Shop:
    shop = Shop()
    journey, brand = shop.config.published
    segments = journey.segments | {"english": Segment(when='order.locale.startsWith("en")')}
    changed = compiled(journey.model_copy(update={"segments": segments, "banners": banners}))
    shop.config.published = (changed, brand)
    shop.shop(timedelta(0), "orders/create", payloads.order(START))
    shop.run()
    return shop


def shown(shop: Shop) -> list[dict[str, object]]:
    token = sign_link(ORDER, NOW + HOUR, shop.secrets.link_keys()[0])
    reply = answer(token, "", shop.page, NOW)
    assert reply.status == 200
    banners: list[dict[str, object]] = json.loads(reply.body)["banners"]
    return banners


def test_a_page_shows_what_its_segment_is_for_in_the_merchants_languages() -> None:
    texts = {"en": "We pack on Saturdays too.", "ar": "نعمل يوم السبت أيضًا."}
    mine = Banner(text=texts, when="segment.english", url="https://lampandlinen.example/hours")
    others = Banner(text={"en": "no"}, when="!segment.english")

    assert shown(shop_with(others, mine)) == [{"text": texts, "url": "https://lampandlinen.example/hours"}]


def test_a_page_without_banners_asks_nobody_about_the_shopper(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = shop_with()
    monkeypatch.setattr(shop.page.customers, "shopper", None)
    assert shown(shop) == []


def test_a_page_does_without_its_banners_when_the_shoppers_data_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        message = "away"
        raise TransientError(message)

    shop = shop_with(Banner(text={"en": "Hello"}, when="customer.orders < 9"))
    assert len(shown(shop)) == 1
    monkeypatch.setattr(shop.page.customers, "shopper", away)
    assert shown(shop) == []
