"""Every mail in every language, and what the important ones say."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from porchlight.cli._sample_orders import sample
from porchlight.cli._sample_scenes import SCENES
from porchlight.config import read_journey
from porchlight.domain.brand import Brand
from porchlight.domain.fulfilments import HoldReason
from porchlight.domain.journeys import Trigger
from porchlight.domain.order_news import Money, OrderNews
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.status import Action, Status, SubStatus
from porchlight.domain.telling import Telling
from porchlight.rendering import BUILT_IN, FOR_MERCHANT, MAX_SUBJECT, Rendered, render
from porchlight.sandbox import sources
from porchlight.texts import languages, texts_for

BRAND = Brand(
    name="Lamp & Linen",
    sender_name="Lamp & Linen",
    shop_url="https://lampandlinen.example",
    reply_to="hello@lampandlinen.example",
    postal_address=("Lamp & Linen Ltd", "12 Harbour Lane"),
)
LINK = "https://lampandlinen.example/track/#sample"
ALL = [(touchpoint, language, parcels) for touchpoint in SCENES for language in languages() for parcels in (1, 2)]


SHIPPED = {one.id: one for one in read_journey(Path(__file__).parents[2] / "config" / "journeys.yaml").touchpoints}


def mail(scene: str, locale: str = "en-GB", parcels: int = 1, **changes: object) -> Rendered:
    told = sample(scene, BRAND, locale, parcels=parcels)
    return render("email", told.model_copy(update=changes))


class Page(HTMLParser):
    """What matters of an HTML mail: tags with their attributes, and the text a person sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.seen: list[str] = []
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden += tag in {"style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.seen.append(" ".join(data.split()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize(("touchpoint", "language", "parcels"), ALL)
def test_every_mail_is_complete_in_every_language(touchpoint: str, language: str, parcels: int):
    one = mail(touchpoint, language, parcels)
    assert one.subject == " ".join(one.subject.split())
    assert 10 < len(one.subject) <= MAX_SUBJECT
    assert "#1001" in one.subject
    assert LINK in one.text
    assert LINK in one.html
    assert not re.search(r"\{\w*\}|\{\{|None|Undefined|  \n|\n\n\n", one.text)
    assert len(one.html.encode()) < 30_000
    assert one.locale == language
    assert not one.fell_back


@pytest.mark.parametrize(("touchpoint", "language", "parcels"), ALL)
def test_text_and_html_tell_the_same(touchpoint: str, language: str, parcels: int):
    one = mail(touchpoint, language, parcels)
    seen = re.sub(r"\s+", "", "".join(Page(one.html).seen))
    spoken = [line.removeprefix("- ") for line in one.text.splitlines() if not line.strip().startswith(("http", "--"))]
    missing = [line for line in spoken if re.sub(r"\s+", "", line.split(" (")[0]) not in seen]
    # Lists are laid out in another order; every word of theirs is there all the same.
    lost = [word for line in missing for word in re.findall(r"\w{4,}", line) if word not in seen]
    assert [word for word in lost if "http" not in word and "lampandlinen" not in word and word != "help"] == []


@pytest.mark.parametrize("touchpoint", SCENES)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_html_is_what_mail_programs_can_show(touchpoint: str, language: str):
    html = mail(touchpoint, language).html
    page = Page(html)
    assert html.startswith("<!doctype html>")
    assert page.all("html")[0]["lang"] == language
    assert page.all("html")[0]["dir"] == ("rtl" if language == "ar" else "ltr")
    assert {"name": "color-scheme", "content": "light dark"} in page.all("meta")
    assert "prefers-color-scheme: dark" in html
    assert not {tag for tag, _ in page.tags} & {"script", "link", "form", "iframe", "video", "svg", "object", "base"}
    assert all(table.get("role") == "presentation" for table in page.all("table"))
    assert all("alt" in image for image in page.all("img"))
    assert all((anchor["href"] or "").startswith("https://") for anchor in page.all("a"))
    assert not [attribute for _, attributes in page.tags for attribute in attributes if attribute.startswith("on")]
    assert "url(" not in html


def test_every_tag_is_closed():
    for touchpoint in SCENES:
        html = re.sub(r"<!--.*?-->", "", mail(touchpoint, parcels=2).html, flags=re.DOTALL)
        for tag in ("table", "tr", "td", "p", "div", "span", "a", "body", "html", "style"):
            assert len(re.findall(rf"<{tag}[\s>]", html)) == html.count(f"</{tag}>"), (touchpoint, tag)


def test_shipped_says_who_has_it_and_when_it_may_come():
    one = mail("shipped")
    assert one.subject == "On its way: your order #1001"
    assert "UPS has your parcel and is bringing it to you." in one.text
    assert "Expected: Thursday 7 May\nThis is the carrier’s estimate. It can still change." in one.text
    assert "Tracking number: 1Z999AA10123456784" in one.text
    assert "- 2 × Linen cushion cover (50 × 50 cm, oat)" in one.text


def test_a_part_of_an_order_says_how_much_and_names_the_rest():
    one = mail("shipped", parcels=2)
    assert one.subject == "On its way: part of your order #1001"
    assert "1 of 2 parcels is on its way." in one.text
    assert "The rest of your order:\n- UPS 1Z999AA10123456793: Being prepared" in one.text


@pytest.mark.parametrize("language", languages())
def test_items_that_several_parcels_hold_together_are_not_said_to_be_in_one(language: str):
    parcel = sample("delivered", BRAND, language).told[0]
    own, shared = (mail("delivered", language, told=(parcel.model_copy(update={"shared_with": n}),)) for n in (0, 1))
    in_one = texts_for(language).say("items.parcel")
    in_both = texts_for(language).say("items.together", 1)
    for told, heading, absent in ((own, in_one, in_both), (shared, in_both, in_one)):
        assert f"\n{heading}{texts_for(language).say('format.colon')}\n" in told.text
        assert f">{heading}</p>" in told.html
        assert f">{absent}</p>" not in told.html


def test_the_heading_of_shared_items_counts_the_other_parcels():
    parcel = sample("delivered", BRAND, "en").told[0].model_copy(update={"shared_with": 2})
    assert "In this parcel and 2 others together:\n- 1 × Brass reading lamp" in mail("delivered", told=(parcel,)).text


def test_a_date_without_hours_is_told_without_hours():
    assert "Expected: Tuesday 5 May, between 11:15 am and 2:15 pm" in mail("out_for_delivery").text
    assert "Expected: Thursday 7 May\n" in mail("shipped").text


def test_an_unknown_date_is_said_to_be_unknown():
    told = sample("shipped", BRAND, "en")
    parcel = told.told[0].model_copy(update={"estimate": None})
    assert "The carrier has not named a delivery day yet." in mail("shipped", told=(parcel,)).text


def test_an_attempt_says_what_to_do():
    text = mail("delivery_attempted").text
    assert "UPS says it came by, but nobody was at home." in text
    assert "What to do:\n- Please make sure that someone can take the parcel next time" in text


def test_a_problem_without_a_reason_names_none():
    told = sample("exception", BRAND, "en")
    parcel = told.told[0].model_copy(update={"sub_status": SubStatus.NONE, "action": Action.NONE})
    text = mail("exception", told=(parcel,)).text
    assert "UPS reports a problem with your parcel. We keep checking" in text
    assert "You do not need to do anything." in text


def test_a_delay_says_what_was_said_first_and_what_is_said_now():
    text = mail("delayed").text
    assert "UPS now expects your parcel to arrive on Friday 8 May." in text
    assert "First expected: Wednesday 6 May" in text


def test_silence_names_the_last_scan():
    assert "UPS last scanned your parcel on Saturday 2 May. Since then there has been no news." in mail("stalled").text


def test_a_parcel_that_was_never_scanned_is_not_said_to_have_been():
    told = sample("stalled", BRAND, "en")
    parcel = told.told[0].model_copy(update={"status": Status.PRE_TRANSIT, "last_scan": None})
    assert "packed, but the carrier has not scanned it yet" in mail("stalled", told=(parcel,)).text


def test_delivered_is_the_carriers_word_with_its_own_clock():
    text = mail("delivered").text
    assert "UPS says that your parcel was left in a safe place." in text
    assert "Delivered: Tuesday 5 May, 8:30 am" in text


def test_a_delivery_without_a_time_tells_none():
    told = sample("delivered", BRAND, "en")
    parcel = told.told[0].model_copy(update={"happened": None})
    assert "Delivered:" not in mail("delivered", told=(parcel,)).text


def test_a_carrier_without_a_name_is_the_carrier():
    told = sample("shipped", BRAND, "en")
    parcel = told.told[0].model_copy(update={"carrier": ""})
    assert "The carrier has your parcel" in mail("shipped", told=(parcel,)).text


def test_nobody_is_asked_to_answer_where_nobody_reads():
    silent = BRAND.model_copy(update={"reply_to": ""})
    text = render("email", sample("delivered", silent, "en")).text
    assert "reply" not in text
    assert "tell us" not in text


def test_a_shopper_without_a_name_is_greeted_all_the_same():
    assert "\nHello,\n" in mail("shipped", first_name="").text


def test_an_order_with_nothing_to_ship_promises_no_parcel():
    text = mail("order_confirmed", ships=False, promised=None).text
    assert "We have received your order #1001." in text
    assert "on its way" not in text


def test_a_touchpoint_of_the_merchants_own_uses_the_text_of_its_trigger():
    assert mail("shipped", touchpoint="shipped_to_islands").subject == mail("shipped").subject


def test_items_are_shown_with_their_pictures_only_over_https():
    told = sample("order_confirmed", BRAND, "en")
    items = (told.items[0].model_copy(update={"image_url": "https://cdn.example/a.jpg?a=1&b=2"}), *told.items[1:])
    images = Page(mail("order_confirmed", items=items).html).all("img")
    # The title stands beside the picture: a second time as its alternative text would only be read out twice.
    assert [(one["src"], one["alt"]) for one in images] == [("https://cdn.example/a.jpg?a=1&b=2", "")]


def test_the_version_changes_with_language_and_touchpoint():
    versions = {mail(touchpoint, language).template_version for touchpoint in SCENES for language in languages()}
    assert len(versions) == len(SCENES) * len(languages())
    assert mail("shipped").template_version == mail("shipped").template_version


HOSTILE = [
    "{{ 7*7 }}",
    "{% for i in range(10**9) %}x{% endfor %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></td><style>*{display:none}",
    "<!--[if mso]>",
    "{name} {count} {0.__class__}",
    "\r\nBcc: everyone@example.com",
    "&lt;b&gt;",
    "\u202egnp.exe",
]


@pytest.mark.parametrize("title", HOSTILE)
@pytest.mark.parametrize("touchpoint", ["order_confirmed", "shipped", "delivered"])
def test_a_hostile_product_name_is_data(touchpoint: str, title: str):
    told: Telling = sample(touchpoint, BRAND, "en")
    item = told.items[0].model_copy(update={"title": title, "variant": title})
    parcels = tuple(one.model_copy(update={"items": (item,), "carrier": title}) for one in told.told)
    one = mail(touchpoint, items=(item,), told=parcels, order=title)
    plain = mail(touchpoint, items=(item.model_copy(update={"title": "x", "variant": "x"}),))
    assert {tag for tag, _ in Page(one.html).tags} <= {tag for tag, _ in Page(plain.html).tags}
    assert "49" not in one.subject
    assert "\n" not in one.subject
    assert "\r" not in one.subject
    assert " ".join(title.split()) in " ".join(one.text.split())


def test_a_shoppers_name_is_escaped():
    assert "<b>" not in mail("shipped", first_name="<b>A</b>").html


def test_every_trigger_has_a_template() -> None:
    assert set(BUILT_IN) == set(Trigger)
    assert {f"email/{name}.j2" for name in (*BUILT_IN.values(), FOR_MERCHANT)} <= set(sources())


@pytest.mark.parametrize("touchpoint", [one.id for one in SHIPPED.values() if not one.template])
def test_every_touchpoint_that_ships_has_its_own_template_and_a_scene_of_its_kind(touchpoint: str) -> None:
    shipped, scene = SHIPPED[touchpoint], SCENES[touchpoint]
    assert f"email/{touchpoint}.j2" in sources()
    assert (scene.trigger, scene.audience, scene.purpose) == (shipped.trigger, shipped.audience, shipped.purpose)
    assert not shipped.reasons or scene.sub_status in shipped.reasons


def test_no_scene_is_without_a_touchpoint() -> None:
    assert set(SCENES) == {one.id for one in SHIPPED.values() if not one.template}


def test_a_touchpoint_that_reads_like_another_has_its_trigger() -> None:
    alike = [one for one in SHIPPED.values() if one.template]
    assert len(alike) == 3
    assert all((one.trigger, one.purpose) == (SHIPPED[one.template].trigger, Purpose.SERVICE) for one in alike)


@pytest.mark.parametrize("touchpoint", [one.id for one in SHIPPED.values() if one.audience is Audience.MERCHANT])
def test_the_merchant_is_told_in_the_shops_language_and_not_as_a_shopper(touchpoint: str) -> None:
    german = BRAND.model_copy(update={"default_locale": "de"})
    told = sample(touchpoint, BRAND, "fr").model_copy(update={"brand": german})
    one = render("email", told)
    assert one.locale == "de"
    assert "Ada" not in one.text + one.html
    assert "Antworten Sie" not in one.text
    assert "Diese Mail geht an Lamp & Linen" in one.text


@pytest.mark.parametrize("touchpoint", [one.id for one in SHIPPED.values() if one.purpose is Purpose.MARKETING])
def test_marketing_says_why_it_comes(touchpoint: str) -> None:
    why = "because you placed order #1001 with Lamp & Linen and agreed to mails like this one."
    one = mail(touchpoint)
    assert why in one.text
    assert why in " ".join(Page(one.html).seen)


def test_a_message_about_the_order_does_not_say_that_anybody_agreed_to_it() -> None:
    assert not [
        one for one, scene in SCENES.items() if scene.purpose is Purpose.SERVICE and "agreed to" in mail(one).text
    ]


def test_a_link_after_the_delivery_leads_where_the_shop_says_or_to_the_shop() -> None:
    page = BRAND.model_copy(update={"review_url": "https://reviews.example/lamp"})
    assert "Write a review:\nhttps://reviews.example/lamp\n" in mail("review_request", brand=page).text
    assert "Write a review:\nhttps://lampandlinen.example\n" in mail("review_request").text


def test_a_refund_names_its_amount_as_the_language_writes_it() -> None:
    assert "Refunded: 59.00 GBP" in mail("refunded").text
    assert "Erstattet: 59,00 GBP" in mail("refunded", "de").text
    assert "Refunded: 59.00 GBP" in mail("cancelled").text


def test_a_refund_of_unknown_amount_names_none() -> None:
    text = mail("refunded", news=OrderNews()).text
    assert "We have made a refund" in text
    assert "Refunded:" not in text
    assert "Refunded: 5 EUR" in mail("refunded", news=OrderNews(refunds=(Money(amount="5", currency="EUR"),))).text


def test_an_edit_names_what_came_and_what_went() -> None:
    text = mail("order_edited").text
    assert "Added:\n- 1 × Wool throw (Moss)" in text
    assert "Removed:\n- 1 × Linen cushion cover" in text


def test_a_hold_says_its_reason_but_never_that_of_a_fraud_check() -> None:
    assert "is not clear, so we are not packing it yet." in mail("on_hold").text
    suspected = mail("on_hold", news=OrderNews(held_for=HoldReason.FRAUD_CHECK)).text
    assert "We are not packing your order #1001 for now." in suspected
    assert "fraud" not in suspected


def test_import_charges_are_asked_for_even_when_the_parcel_no_longer_says_so() -> None:
    parcel = sample("duty_due", BRAND, "en").told[0]
    later = parcel.model_copy(update={"sub_status": SubStatus.NONE, "action": Action.NONE})
    text = mail("duty_due", told=(later,)).text
    assert "import charges must be paid" in text
    assert "Please pay the import charges to the carrier." in text


def test_what_runs_out_is_named_and_nothing_else() -> None:
    text = mail("replenish").text
    assert "May run out soon:\n- 2 × Linen cushion cover (50 × 50 cm, oat)\n\n" in text
    assert "Wool throw" not in text


def test_parcels_beside_news_of_the_order_are_not_called_its_rest() -> None:
    told = sample("shipped", BRAND, "en")
    text = mail("back_ordered", others=told.told).text
    assert "The parcels:\n- UPS" in text
    assert "The rest of your order" not in text


def test_a_touchpoint_of_the_merchants_own_for_itself_is_no_mail_to_a_shopper() -> None:
    one = mail("merchant_stalled", touchpoint="my_own_alarm")
    assert one.subject == "News of order #1001"
    assert "The shopper did not get it." in one.text


def test_customs_of_any_kind_have_a_mail() -> None:
    assert mail("customs_held", touchpoint="my_customs").subject == "News from customs (order #1001)"
