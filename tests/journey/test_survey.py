"""A survey from the mail to the answer, and what an answer changes: when a review is asked for, and nothing else."""

import re
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import pytest
from porchlight.config import read_journey
from porchlight.domain.errors import ConflictError, TransientError
from porchlight.domain.experiments import Experiment
from porchlight.domain.facts import order_id_of
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.limits import Cap, Caps, Limits
from porchlight.domain.links import person_digest, sign_link
from porchlight.domain.survey_links import LIFE
from porchlight.domain.waits import Wait
from porchlight.pipeline.answering import answer, show
from porchlight.pipeline.opting_out import choose
from porchlight.pipeline.tracking_api import Reply
from porchlight.pipeline.tracking_api import answer as open_page

from tests import payloads
from tests.fakes.outside import Mail
from tests.journey.shop import HOUR, MINUTE, ORDER, START, Shop
from tests.journey.test_opting_out import token as opt_out_token
from tests.simulation.quick import quick

DAY = 24 * HOUR
PERSON = person_digest(payloads.EMAIL)
SHIPPED = {one.id: one for one in read_journey(Path(__file__).parents[2] / "config" / "journeys.yaml").touchpoints}
SURVEY, REVIEW = (SHIPPED[name].model_copy(update={"enabled": True}) for name in ("survey", "review_request"))
OTHER = order_id_of("shopify", "shop", "1002")
REQUEST = "review_request#order"
LINK = re.compile(r"https://track\.example/api/survey/([\w-]+)/([1-5])")


def shop_with(*touchpoints: Touchpoint) -> Shop:
    shop = Shop()
    shop.config.published = (Journey(touchpoints=touchpoints), shop.config.brand())
    return shop


def arrived(
    shop: Shop, number: str = "EV1", order_id: int = 1001, fulfilment_id: int = 9001, locale: str = "en-US"
) -> None:
    """An order of somebody who agreed to offers, there after a day."""
    body = payloads.order(START, order_id=order_id, accepts_marketing=True) | {"customer_locale": locale}
    shop.shop(0 * MINUTE, "orders/create", body)
    packed = payloads.fulfilment(START, number, company="Evri", order_id=order_id, fulfilment_id=fulfilment_id)
    shop.shop(MINUTE, "fulfillments/create", packed)
    shop.scanned(DAY, number, [(START + HOUR, "in_transit"), (START + DAY, "delivered")], event_id=number)


def asked(*touchpoints: Touchpoint, locale: str = "en-US") -> Shop:
    """A shop that has asked one shopper."""
    shop = shop_with(*(touchpoints or (SURVEY,)))
    arrived(shop, locale=locale)
    shop.run()
    return shop


def parts(mail: Mail) -> list[str]:
    read = cast("EmailMessage", message_from_bytes(mail.call.raw, policy=default))
    return [cast("EmailMessage", part).get_content() for part in read.iter_parts()]


def link(mail: Mail) -> str:
    """The token, without a score."""
    found = LINK.search(parts(mail)[0])
    assert found
    return found[1]


def posted(shop: Shop, score: int, token: str = "") -> Reply:
    return answer(f"{token or link(shop.provider.mails[0])}/3", f"score={score}", shop.page, shop.now)


def answers(shop: Shop) -> dict[str, int]:
    return {one.order_id: one.score for one in shop.customers.choices(PERSON).answers}


def asked_for_review(shop: Shop, order_id: str = ORDER) -> datetime:
    """When the review of this order was asked for."""
    [at] = [one.message.sent_at for key, one in shop.table.rows.items() if key == (order_id, REQUEST) and one.message]
    assert at
    return at


def answered(*given: tuple[timedelta, int], look_at: timedelta = 6 * DAY) -> tuple[Shop, list[str]]:
    """The shipped survey and request, who answers so long after the order, and what the ledger says at a moment."""
    shop, said = shop_with(SURVEY, REVIEW), list[str]()
    arrived(shop)
    for after, score in given:
        shop.later(after, lambda score=score: posted(shop, score) and None)
    shop.later(look_at, lambda: said.extend(one.sentence for one in shop.table.rows[ORDER, REQUEST].decision.verdicts))
    shop.run()
    return shop, said


def test_who_is_unhappy_is_asked_for_a_review_two_weeks_later_and_the_ledger_says_why() -> None:
    (plain, _), (low, said) = answered(look_at=8 * DAY), answered((5 * DAY, 2), look_at=8 * DAY)

    assert plain.told() == low.told() == ["survey", "review_request"]
    assert asked_for_review(plain) < START + 8 * DAY
    assert START + 19 * DAY <= asked_for_review(low) < START + 20 * DAY
    day = "%Y-%m-%d"
    told = f"a low survey score: since {START + 5 * DAY:{day}}, counts until {START + 19 * DAY:{day}}"
    assert [one for one in said if told in one]


@pytest.mark.parametrize("score", [3, 4, 5])
def test_a_better_answer_changes_nothing_about_the_request(score: int) -> None:
    """Who is happy is not asked sooner: that would be choosing among them."""
    with quick():
        (plain, _), (happy, _) = answered(), answered((5 * DAY, score))
    assert asked_for_review(happy) == asked_for_review(plain)


def test_whoever_answers_low_again_and_again_is_asked_at_the_limit() -> None:
    shop, _ = answered(*(((5 + 2 * turn) * DAY, 1 + turn % 2) for turn in range(40)))

    assert START + 31 * DAY <= asked_for_review(shop) < START + 32 * DAY
    assert shop.told() == ["survey", "review_request"]


def test_an_answer_is_about_its_own_order() -> None:
    shop = shop_with(SURVEY, REVIEW)
    journey, brand = shop.config.published
    free = Limits(caps=Caps(marketing=Cap()))
    shop.config.published = (journey.model_copy(update={"limits": free}), brand)
    arrived(shop, "EV1")
    arrived(shop, "EV2", order_id=1002, fulfilment_id=9002)
    shop.later(5 * DAY, lambda: posted(shop, 1) and None)
    shop.run()

    [low] = answers(shop)
    [other] = {ORDER, OTHER} - {low}
    assert asked_for_review(shop, other) < START + 9 * DAY
    assert asked_for_review(shop, low) >= START + 19 * DAY


def test_a_scanner_that_follows_every_link_answers_nothing() -> None:
    shop = asked()
    token = link(shop.provider.mails[0])
    pages = [show(f"{token}/{score}", "", shop.page, shop.now) for score in range(1, 6)]

    assert [one.status for one in pages] == [200] * 5
    assert answers(shop) == {}
    for score, page in enumerate(pages, 1):
        assert re.findall(r'class="main" aria-current="true" autofocus name="score" value="(.)"', page.body) == [
            str(score)
        ]
        assert page.headers["Cache-Control"] == "no-store"


def test_the_form_counts_and_not_the_link_and_the_last_answer_counts_alone() -> None:
    shop = asked()
    for score in (3, 3, 5, 1, 1):
        assert posted(shop, score).status == 200

    assert answers(shop) == {ORDER: 1}
    assert shop.customers.choices(PERSON).version == 3


@pytest.mark.parametrize("body", ["", "score=", "score=0", "score=6", "score=05", "score=5&score=1", "5\0", "é" * 9999])
def test_what_is_no_answer_of_the_page_is_none_and_is_asked_again(body: str) -> None:
    shop = asked()
    page = answer(f"{link(shop.provider.mails[0])}/2", body, shop.page, shop.now)

    assert (page.status, answers(shop)) == (200, {})
    assert page.body.count("<button") == 5


@pytest.mark.parametrize("link_score", ["", "/", "/0", "/9", "/é", "/3/3"])
def test_a_link_without_a_score_asks_without_marking_one(link_score: str) -> None:
    shop = asked()
    page = show(link(shop.provider.mails[0]) + link_score, "", shop.page, shop.now)

    assert (page.status, 'class="main"' in page.body) == (200, False)


def test_only_a_low_answer_is_told_how_to_reach_the_shop() -> None:
    shop = asked()
    low, fine = posted(shop, 2).body, posted(shop, 3).body

    assert "mailto:" in low
    assert "mailto:" not in fine
    assert "We are sorry" in low
    assert "We are sorry" not in fine


def test_who_answered_may_tell_more_where_the_shop_has_a_place_for_it() -> None:
    shop = asked()
    assert "Tell us more" not in posted(shop, 4).body
    journey, brand = shop.config.published
    shop.config.published = (journey, brand.model_copy(update={"survey_url": "https://more.example/?a=1&b=2"}))
    page = posted(shop, 4).body

    assert '<a href="https://more.example/?a=1&amp;b=2"><bdi>Tell us more</bdi></a>' in page


def test_the_page_names_nobody_and_repeats_no_token() -> None:
    shop = asked()
    page = posted(shop, 1).body + show(link(shop.provider.mails[0]), "", shop.page, shop.now).body

    found = (*payloads.PERSONAL, link(shop.provider.mails[0]), PERSON, ORDER)
    assert [word for word in found if word in page] == []


@pytest.mark.parametrize(("locale", "words"), [("ar", 'lang="ar" dir="rtl"'), ("de-AT", "Danke für Ihre Antwort")])
def test_the_page_speaks_the_language_of_the_mail(locale: str, words: str) -> None:
    assert words in posted(asked(locale=locale), 4).body


@pytest.mark.parametrize("life", [LIFE - DAY, LIFE + DAY])
def test_a_link_works_as_long_as_the_one_to_the_order(life: timedelta) -> None:
    shop = asked()
    shop.now = shop.provider.mails[0].at + life

    assert posted(shop, 5).status == (200 if life < LIFE else 404)


def test_forged_mangled_expired_and_other_links_get_one_answer_and_change_nothing() -> None:
    shop = asked()
    mail = shop.provider.mails[0]
    token, tracking = link(mail), sign_link(ORDER, shop.now + DAY, shop.secrets.link_keys()[0])
    others = ("", "AQIDBA", token[:-1], token.swapcase(), tracking, opt_out_token(mail), "é", "A" * 100_000)
    replies = [posted(shop, 1, one) for one in others if one]
    replies += [show(f"{one}/1", "", shop.page, shop.now) for one in others] + [show(None, "", shop.page, shop.now)]

    assert {one.status for one in replies} == {404}
    assert len({one.body for one in replies}) == 1
    assert answers(shop) == {}
    assert choose(token, "", shop.page, shop.now).status == 404, "and it stops nothing"
    assert open_page(token, "", shop.page, shop.now).status == 404, "and it opens no order"


def test_nothing_is_kept_of_who_was_erased_although_their_link_is_in_their_mailbox() -> None:
    shop = asked()
    posted(shop, 1)
    facts, *rest = shop.table.facts[ORDER]
    shop.table.facts[ORDER] = (facts.without_personal_data(), *rest)
    shop.customers.forget(PERSON)

    assert posted(shop, 1).status == 404
    assert show(link(shop.provider.mails[0]), "", shop.page, shop.now).status == 404
    assert answers(shop) == {}


def test_an_answer_that_another_choice_overtook_is_kept_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = asked()
    keep, lost = shop.customers.keep_choices, iter([True, True])

    def racing(person: str, choices: object) -> None:
        if next(lost, False):
            message = "another was faster"
            raise ConflictError(message)
        keep(person, choices)  # type: ignore[arg-type]

    monkeypatch.setattr(shop.customers, "keep_choices", racing)
    assert posted(shop, 2).status == 200
    assert answers(shop) == {ORDER: 2}


def test_while_the_table_is_away_the_page_says_so_and_thanks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = asked()

    def away(*_: object) -> object:
        message = "the table is away"
        raise TransientError(message)

    monkeypatch.setattr(shop.customers, "keep_choices", away)
    page = posted(shop, 2)
    assert (page.status, page.headers["Retry-After"]) == (503, "10")
    assert "Thank you" not in page.body


def test_a_page_that_can_not_be_made_just_now_says_so_in_the_language_of_the_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = asked(locale="de")

    def away(_: str) -> object:
        message = "the table is away"
        raise TransientError(message)

    monkeypatch.setattr(shop.table, "read", away)
    for page in (posted(shop, 2), show(f"{link(shop.provider.mails[0])}/2", "", shop.page, shop.now)):
        assert (page.status, "Das hat gerade nicht geklappt" in page.body) == (503, True)
    assert answers(shop) == {}


def test_who_has_answered_is_not_asked_about_the_same_order_by_another_message() -> None:
    again = SURVEY.model_copy(update={"id": "survey_again", "template": "survey", "wait": Wait(span=9 * DAY)})
    shop = shop_with(SURVEY, again)
    arrived(shop)
    shop.later(5 * DAY, lambda: posted(shop, 4) and None)
    shop.run()

    assert shop.told() == ["survey"]
    sentences = [one.sentence for one in shop.table.rows[ORDER, "survey_again#all_arrived"].decision.verdicts]
    assert f"they answered about this order on {START + 5 * DAY:%Y-%m-%d}" in sentences


VARIED = SURVEY.model_copy(
    update={"experiment": Experiment.model_validate({"variants": [{"id": "usual"}, {"id": "later", "share": 0}]})}
)


def test_an_answer_is_a_success_of_its_variant_once_however_often_it_is_changed() -> None:
    shop = asked(VARIED)
    assert tallied(shop) == 0
    for hours, score in ((0, 2), (0, 2), (1, 5), (30, 1)):
        shop.now += hours * HOUR
        posted(shop, score)

    assert tallied(shop) == 1


def tallied(shop: Shop) -> int:
    return shop.customers.tallies(["survey"], shop.now)["survey"]["usual"].successes


def test_an_answer_that_can_not_be_learned_from_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = asked(VARIED)

    def away(*_: object) -> None:
        message = "the table is away"
        raise TransientError(message)

    with monkeypatch.context() as broken:
        broken.setattr(shop.customers, "keep_engagement", away)
        assert posted(shop, 4).status == 200
    assert (answers(shop), tallied(shop)) == ({ORDER: 4}, 0)

    posted(shop, 4)
    assert tallied(shop) == 1, "pressing it once more makes good for it"
