"""A shopper's way out of offers: the link in the mail, the page behind it, and what follows from it."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from porchlight.domain.errors import ConflictError, TransientError
from porchlight.domain.experiments import Experiment
from porchlight.domain.journeys import Touchpoint, Trigger
from porchlight.domain.links import person_digest, sign_link
from porchlight.domain.opt_out import LIFE
from porchlight.domain.purposes import Purpose
from porchlight.pipeline.opting_out import choose, show
from porchlight.pipeline.tracking_api import Reply, answer
from porchlight.stop_page import AGAIN, ONE_CLICK

from tests import payloads
from tests.fakes.outside import Mail
from tests.journey.shop import HOUR, MINUTE, START, Shop
from tests.journey.test_peace import ALERT, CONFIRMED, DAY, EIGHT_IN_BOISE, OFFER, ordered, sent_at, shop_with

PERSON = person_digest(payloads.EMAIL)
MORNING = EIGHT_IN_BOISE - START
LATER = Touchpoint(
    id="review_request", trigger=Trigger.ORDER_PLACED, purpose=Purpose.MARKETING, wait="2d", fresh_for=3 * DAY
)


def told(*touchpoints: Touchpoint, locale: str = "en-US") -> Shop:
    """A shop whose shopper agreed to offers, and got what these touchpoints tell."""
    shop = shop_with(*touchpoints)
    order = payloads.order(START + MORNING, accepts_marketing=True) | {"customer_locale": locale}
    shop.shop(MORNING, "orders/create", order)
    shop.run()
    return shop


def read(mail: Mail) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(mail.call.raw, policy=default))


def token(mail: Mail) -> str:
    found = re.fullmatch(r"<https://track\.example/api/unsubscribe/([\w-]+)>", read(mail)["List-Unsubscribe"])
    assert found
    return found[1]


def posted(shop: Shop, link: str, body: str = ONE_CLICK) -> Reply:
    return choose(link, body, shop.page, shop.now)


def stopped(shop: Shop) -> frozenset[str]:
    return shop.customers.choices(PERSON).stopped


def test_an_offer_carries_the_link_where_machines_and_where_people_look() -> None:
    (mail,) = told(OFFER).provider.mails

    assert read(mail)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"List-Unsubscribe: <https://track.example/api/unsubscribe/{token(mail)}>\r\n".encode() in mail.call.raw
    for part in read(mail).iter_parts():
        assert f"https://track.example/api/unsubscribe/{token(mail)}" in cast("EmailMessage", part).get_content()


def test_news_of_an_order_and_alerts_for_the_shop_carry_none() -> None:
    shop = shop_with(CONFIRMED, ALERT.model_copy(update={"purpose": Purpose.MARKETING}))
    journey, brand = shop.config.published
    shop.config.published = (journey, brand.model_copy(update={"alerts_to": "desk@lampandlinen.example"}))
    ordered(shop, 1001, after=MORNING)
    shop.run()

    assert len(shop.provider.mails) == 2
    assert all(b"nsubscribe" not in mail.call.raw for mail in shop.provider.mails)


def test_one_click_stops_offers_of_every_order_and_news_goes_on() -> None:
    shop = shop_with(OFFER, CONFIRMED)
    ordered(shop, 1001, after=MORNING, accepts_marketing=True)
    shop.later(MORNING + HOUR, lambda: posted(shop, token(shop.provider.mails[-1])) and None)
    ordered(shop, 1002, after=MORNING + DAY, accepts_marketing=True)
    shop.run()

    assert sorted(shop.told()) == ["cross_sell", "order_confirmed", "order_confirmed"]
    assert stopped(shop) == {"marketing.email"}


def test_what_was_decided_before_the_click_is_not_sent_after_it() -> None:
    """An offer that waits out the night is decided, and asked about again when it leaves."""
    shop = shop_with(OFFER, LATER)
    ordered(shop, 1001, after=MORNING, accepts_marketing=True)
    shop.later(MORNING + DAY, lambda: posted(shop, token(shop.provider.mails[0])) and None)
    shop.run()

    assert shop.told() == ["cross_sell"]
    assert max(sent_at(shop)) < MORNING + HOUR


def test_a_click_twice_or_a_hundred_times_is_one_choice() -> None:
    shop = told(OFFER)
    link = token(shop.provider.mails[0])
    pages = {posted(shop, link).body for _ in range(100)}

    assert len(pages) == 1
    assert shop.customers.choices(PERSON).version == 1


VARIED = OFFER.model_copy(
    update={"experiment": Experiment.model_validate({"variants": [{"id": "usual"}, {"id": "later", "share": 0}]})}
)


def harms(shop: Shop) -> int:
    return shop.customers.tallies(["cross_sell"], shop.now)["cross_sell"]["usual"].harms


def test_a_reader_who_comes_and_goes_is_counted_once_against_the_variant_they_got() -> None:
    shop = told(VARIED)
    link = token(shop.provider.mails[0])
    assert harms(shop) == 0
    for body in (ONE_CLICK, ONE_CLICK, AGAIN, ONE_CLICK, AGAIN, ONE_CLICK):
        posted(shop, link, body)

    assert stopped(shop) == {"marketing.email"}
    assert harms(shop) == 1


def test_a_refusal_that_can_not_be_counted_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = told(VARIED)

    def away(*_: object) -> None:
        message = "the table is away"
        raise TransientError(message)

    monkeypatch.setattr(shop.customers, "tally", away)
    assert posted(shop, token(shop.provider.mails[0])).status == 200
    assert stopped(shop) == {"marketing.email"}


@pytest.mark.parametrize("body", [ONE_CLICK, "", "x" * 10_000, f"{AGAIN}&{AGAIN}", "choice=againn", "\0é"])
def test_whatever_a_mail_program_posts_stops(body: str) -> None:
    """RFC 8058 lets it send a form of either kind; stopping once too often is the smaller harm."""
    shop = told(OFFER)

    assert posted(shop, token(shop.provider.mails[0]), body).status == 200
    assert stopped(shop) == {"marketing.email"}


def test_a_scanner_that_follows_every_link_stops_nothing() -> None:
    shop = told(OFFER)
    page = show(token(shop.provider.mails[0]), "", shop.page, shop.now)

    assert (page.status, stopped(shop)) == (200, frozenset())
    assert '<form method="post"' in page.body
    assert page.headers["Cache-Control"] == "no-store"


def test_the_page_takes_it_back_and_gives_back_no_more_than_that() -> None:
    shop = told(OFFER)
    link = token(shop.provider.mails[0])
    kept = shop.customers.choices(PERSON).stopping(Purpose.MARKETING, "sms")
    shop.customers.keep_choices(PERSON, kept)
    posted(shop, link)
    assert AGAIN.partition("=")[2] in show(link, "", shop.page, shop.now).body
    assert posted(shop, link, AGAIN).status == 200

    assert stopped(shop) == {"marketing.sms"}
    assert shop.customers.choices(PERSON).consented == frozenset(), "what was agreed to is as it was before"


@pytest.mark.parametrize("life", [LIFE - DAY, LIFE + DAY])
def test_a_link_works_for_three_years(life) -> None:
    shop = told(OFFER)
    shop.now = shop.provider.mails[0].at + life

    assert posted(shop, token(shop.provider.mails[0])).status == (200 if life < LIFE else 404)


def test_forged_mangled_expired_and_other_links_get_one_answer_and_change_nothing() -> None:
    shop = told(OFFER)
    link = token(shop.provider.mails[0])
    tracking = sign_link("a" * 26, shop.now + DAY, shop.secrets.link_keys()[0])
    answers = [posted(shop, one) for one in ("", "AQIDBA", link[:-1], link.swapcase(), tracking, "é", "A" * 100_000)]
    answers += [show(one, "", shop.page, shop.now) for one in ("AQIDBA", tracking)]

    assert {one.status for one in answers} == {404}
    assert len({one.body for one in answers}) == 1
    assert stopped(shop) == frozenset()
    assert answer(link, "", shop.page, shop.now).status == 404, "and it opens no order"


def test_the_page_names_nobody_and_repeats_no_token() -> None:
    shop = told(OFFER)
    link = token(shop.provider.mails[0])
    page = posted(shop, link).body

    assert [word for word in (*payloads.PERSONAL, link, PERSON) if word in page] == []


@pytest.mark.parametrize(("locale", "words"), [("ar", 'lang="ar" dir="rtl"'), ("de-AT", "Sie haben abbestellt")])
def test_the_page_speaks_the_language_of_the_mail(locale: str, words: str) -> None:
    shop = told(OFFER, locale=locale)

    assert words in posted(shop, token(shop.provider.mails[0])).body


def test_a_choice_that_another_overtook_is_made_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = told(OFFER)
    keep, lost = shop.customers.keep_choices, iter([True, True])

    def racing(person: str, choices: object) -> None:
        if next(lost, False):
            message = "another was faster"
            raise ConflictError(message)
        keep(person, choices)  # type: ignore[arg-type]

    monkeypatch.setattr(shop.customers, "keep_choices", racing)
    assert posted(shop, token(shop.provider.mails[0])).status == 200
    assert stopped(shop) == {"marketing.email"}


def test_while_the_table_is_away_the_page_says_so_and_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = told(OFFER)
    link = token(shop.provider.mails[0])

    def away(_: str) -> object:
        message = "the table is away"
        raise TransientError(message)

    monkeypatch.setattr(shop.customers, "choices", away)
    page = posted(shop, link)
    assert (page.status, page.headers["Retry-After"]) == (503, "10")
    assert "unsubscribed" not in page.body


def test_an_erased_shopper_stays_refused_on_the_next_order() -> None:
    shop = shop_with(OFFER)
    ordered(shop, 1001, after=MORNING, accepts_marketing=True)
    shop.later(MORNING + HOUR, lambda: posted(shop, token(shop.provider.mails[0])) and None)
    shop.later(MORNING + 2 * HOUR, lambda: shop.customers.forget(PERSON))
    ordered(shop, 1002, after=MORNING + DAY + MINUTE, accepts_marketing=True)
    shop.run()

    assert shop.told() == ["cross_sell"]
