"""F53, F54: who asks for an order's page without the right to."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from porchlight.domain.links import sign_link
from porchlight.pipeline.tracking_api import Reply, answer

from tests import payloads
from tests.fakes import FakeTable
from tests.journey.shop import HOUR, ORDER, START, Shop

NOW = START + HOUR


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.shop(timedelta(0), "orders/create", payloads.order(START))
    shop.shop(timedelta(0), "orders/create", payloads.order(START, order_id=1002, email=""))
    shop.run()
    return shop


def asked(shop: Shop, order: str, email: str) -> Reply:
    return answer(None, json.dumps({"order": order, "email": email}), shop.page, NOW)


def opened(shop: Shop, token: str) -> Reply:
    return answer(token, "", shop.page, NOW)


def test_who_knows_number_and_address_gets_a_link_that_opens_the_page(shop: Shop) -> None:
    found = asked(shop, " 1001 ", payloads.EMAIL.upper())

    assert found.status == 200
    page = opened(shop, json.loads(found.body)["token"])
    assert page.status == 200
    assert [word for word in payloads.PERSONAL if word in page.body] == []


@pytest.mark.parametrize(
    ("order", "email"),
    [
        ("#1001", "ada@elsewhere.example"),
        ("#9999", payloads.EMAIL),
        ("#9999", "ada@elsewhere.example"),
        ("#1001", ""),
        ("#1001", "   "),
        ("#1002", ""),
        ("#1002", "   "),
        ("#1002", "\t\n "),
        ("", payloads.EMAIL),
        ("#1001", "x" * 10_000),
    ],
)
def test_f53_wrong_and_unknown_are_one_answer(shop: Shop, order: str, email: str) -> None:
    """An order without an address, too, opens for nobody."""
    assert asked(shop, order, email) == asked(shop, "#404404", "nobody@nowhere.example")
    assert asked(shop, order, email).status == 404


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "{", '{"order":1,"email":2}', '{"order":"1","email":"a@b.c","x":1}']
)
def test_f53_a_question_that_is_none_is_the_same_answer(shop: Shop, body: str) -> None:
    assert answer(None, body, shop.page, NOW) == asked(shop, "#404404", "nobody@nowhere.example")


def test_f53_a_guess_does_the_same_work_as_a_hit(shop: Shop) -> None:
    class Counting(FakeTable):
        def __init__(self, table: FakeTable) -> None:
            self.__dict__ = table.__dict__
            self.looks = 0

        def by_lookup(self, digest: str) -> str | None:
            self.looks += 1
            return super().by_lookup(digest)

    work = []
    for order, email in (("#1001", payloads.EMAIL), ("#1001", "x@y.zz"), ("#77", payloads.EMAIL)):
        counting = Counting(shop.table)
        shop.page = replace(shop.page, orders=counting)
        asked(shop, order, email)
        work.append(counting.looks)

    assert len(set(work)) == 1


def test_f53_ten_thousand_guesses_find_nothing(shop: Shop) -> None:
    statuses = {asked(shop, f"#{1001 + index}", f"guess{index}@example.org").status for index in range(10_000)}

    assert statuses == {404}


def test_f54_tampered_expired_foreign_and_unknown_links_are_one_answer(shop: Shop) -> None:
    good = sign_link(ORDER, NOW + HOUR, "link-key")
    nobody = opened(shop, sign_link("a" * 26, NOW + HOUR, "link-key"))
    tampered = [good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :] for place in range(len(good))]
    others = [
        sign_link(ORDER, NOW, "link-key"),
        sign_link(ORDER, NOW - HOUR, "link-key"),
        sign_link(ORDER, NOW + HOUR, "another merchant's key"),
        good + "=",
        good[:-1],
        "",
        "../" + good,
        "ä",
        "x" * 10_000,
        good.upper(),
    ]

    assert opened(shop, good).status == 200
    assert nobody.status == 404
    assert {opened(shop, token) == nobody for token in (*tampered, *others)} == {True}


def test_f54_a_rotated_key_opens_old_links_until_it_is_gone(shop: Shop) -> None:
    old = sign_link(ORDER, NOW + HOUR, "link-key")
    shop.secrets.keys = ("newer", "link-key")
    assert opened(shop, old).status == 200
    assert asked(shop, "#1001", payloads.EMAIL).status == 200

    shop.secrets.keys = ("newer",)
    assert opened(shop, old).status == 404
