"""What a shopper sees on the tracking page, in a real browser, fed with the real view of real facts."""

import json

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Shopper, Site

pytestmark = pytest.mark.browser


def test_the_order_is_told_as_one_story_in_one_api_call(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("multi"))
    assert page.inner_text("h1") == "1 of 3 parcels delivered"
    assert page.inner_text(".eyebrow") == "Order #1042 · placed on 9 March"
    assert page.locator(".now").all_inner_texts() == ["Out for delivery", "On its way", "Delivered"]
    assert site.asked == ["GET /", "GET /api/tracking/multi"]
    assert shopper.complaints == []


def test_an_estimate_keeps_its_precision_and_says_what_was_said_first(site: Site, shopper: Shopper) -> None:
    cards = shopper.open(site.link("multi")).locator(".eta")
    told = cards.nth(0).inner_text().replace("\u2060", "").split("\n")
    assert told == [
        "Now expected",
        "Thursday 12 March, 15:00–18:00",
        "First said: Wednesday 11 March · According to UPS",
    ]
    assert cards.nth(1).inner_text().split("\n") == ["Expected", "Friday 13 March", "According to UPS"]
    assert cards.nth(2).inner_text() == "Wednesday 11 March at 11:20"


def test_a_day_that_has_passed_is_not_promised_again(site: Site, shopper: Shopper) -> None:
    told = shopper.open(site.link("exception")).inner_text(".eta").split("\n")
    assert told == ["Was expected", "Tuesday 10 March", "No new date yet · According to UPS"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "Europe/Berlin"])
def test_no_zone_moves_a_day_or_a_printed_time(site: Site, shopper: Shopper, zone: str) -> None:
    page = shopper.open(site.link("times"), timezone_id=zone)
    lines = [text.split("\n")[1].replace(" (local time)", "") for text in page.locator(".tl li").all_inner_texts()]
    assert lines[2:] == ["Wed 11 Mar, 0:10 · Tonga", "Mon 9 Mar, 23:55 · Suva", "Sun 8 Mar · Suva"]
    assert page.inner_text(".eta b") == "Saturday 14 March"


@pytest.mark.parametrize(
    ("zone", "at"), [("Pacific/Kiritimati", "Thu 12 Mar, 2:30"), ("America/Los_Angeles", "Wed 11 Mar, 5:30")]
)
def test_an_instant_without_a_place_is_told_by_the_shoppers_clock(
    site: Site, shopper: Shopper, zone: str, at: str
) -> None:
    page = shopper.open(site.link("times"), timezone_id=zone)
    assert page.locator(".tl li").nth(1).inner_text().split("\n")[1] == at


def test_a_printed_time_is_called_local_only_where_it_differs_from_the_shoppers(site: Site, shopper: Shopper) -> None:
    at_home = shopper.open(site.link("times"), timezone_id="Pacific/Tongatapu").locator(".tl li").nth(2)
    abroad = shopper.open(site.link("times"), timezone_id="Europe/Berlin").locator(".tl li").nth(2)
    assert at_home.inner_text().split("\n")[1] == "Wed 11 Mar, 0:10 · Tonga"
    assert abroad.inner_text().split("\n")[1] == "Wed 11 Mar, 0:10 (local time) · Tonga"


def test_a_scan_without_a_time_says_when_it_was_received(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("times"))
    assert page.locator(".tl li").first.inner_text().split("\n")[1] == "received Thu 12 Mar, 13:00"


def test_an_exception_says_what_to_do_and_where(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("exception"))
    assert page.inner_text("h1") == "Problem with the address"
    assert "Please correct it with UPS or the shop." in page.inner_text(".note.warn")
    links = [link.get_attribute("href") for link in page.locator(".note a").all()]
    assert links == ["https://carrier.example/track/1Z0000000001", "https://shop.example/help"]
    assert page.locator(".steps .bad").inner_text() == "Out for delivery"


def test_an_exception_that_asks_nothing_says_so(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("weather"))
    assert page.inner_text("h1") == "Delayed by weather"
    assert "You do not need to do anything right now." in page.inner_text(".note")
    assert page.locator(".note a").count() == 0


def test_a_parcel_to_collect_says_so_without_alarm(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("pickup"))
    assert page.inner_text("h1") == "Ready for pickup"
    assert page.inner_text(".lead") == "At a pickup point"
    assert page.locator(".note.warn").count() == 0
    assert "waiting to be collected" in page.inner_text(".note")
    assert page.locator("[aria-current=step]").inner_text() == "Ready for pickup"
    assert page.locator(".steps li").last.inner_text() == "Collected"


def test_a_failed_attempt_says_what_to_do(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("attempted"))
    assert page.inner_text("h1") == "Nobody was home"
    assert "make sure someone is there" in page.inner_text(".note.warn")


def test_silence_is_told_with_its_length(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("silent"))
    assert page.inner_text(".late") == "Last scan: 41 hours ago. This is longer than usual."
    assert page.inner_text(".foot") == "Checked 12 minutes ago"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_silence_since_a_bare_date_is_told_as_a_date(site: Site, shopper: Shopper, zone: str) -> None:
    page = shopper.open(site.link("silent_since_a_day"), timezone_id=zone)
    assert page.inner_text(".late") == "Last scan: Tue 10 Mar. This is longer than usual."


def test_ages_go_on_without_another_call(site: Site, shopper: Shopper) -> None:
    page = shopper.page()
    page.clock.install()
    page.goto(site.link("silent"))
    page.wait_for_selector(".foot")
    page.clock.run_for(180_000)
    assert page.inner_text(".foot") == "Checked 15 minutes ago"
    assert len(site.api_calls) == 1


def test_a_visible_page_asks_again_after_five_minutes_and_keeps_what_was_opened(site: Site, shopper: Shopper) -> None:
    page = shopper.page()
    page.clock.install()
    page.goto(site.link("exception"))
    page.locator("summary").click()
    site.views["exception"] = site.views["exception"].replace("house number", "street name")
    page.clock.run_for(301_000)
    expect(page.get_by_text("The street name is missing")).to_be_visible()
    assert page.locator("details[open]").count() == 1
    assert len(site.api_calls) == 2


def test_what_has_arrived_is_not_asked_about_again(site: Site, shopper: Shopper) -> None:
    page = shopper.page()
    page.clock.install()
    page.goto(site.link("delivered"))
    page.wait_for_selector(".card")
    page.clock.run_for(3_600_000)
    assert len(site.api_calls) == 1


def test_a_failed_refresh_keeps_the_page_and_says_how_old_it_is(site: Site, shopper: Shopper) -> None:
    page = shopper.page()
    page.clock.install()
    page.goto(site.link("silent"))
    page.wait_for_selector(".foot")
    site.answers["/api/tracking/silent"] = 503
    page.clock.run_for(301_000)
    expect(page.get_by_text("Could not refresh. You see what we knew 5 minutes ago.")).to_be_visible()
    del site.answers["/api/tracking/silent"]
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Could not refresh")).to_have_count(0)
    assert page.inner_text("h1") == "On its way"


def test_delivered_says_when_and_where(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("delivered"))
    assert page.inner_text("h1") == "Delivered"
    assert page.inner_text(".lead") == "Left in a safe place"
    assert page.inner_text(".eta") == "Thursday 12 March at 13:41"
    assert page.locator(".steps .done").count() == 4


def test_items_that_no_parcel_holds_are_shown_as_waiting(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("waiting"))
    assert page.inner_text(".lead") == "At the local depot · Some items are still being packed."
    assert page.inner_text("section").split("\n") == [
        "Still being packed", "Beeswax candle", "Set of three · Quantity: 2", "Wool throw",
    ]  # fmt: skip
    assert page.inner_text(".eta b") == "Friday 13 March, by 18:00"
    assert shopper.open(site.link("unpacked")).inner_text("h1") == "Your order is being prepared"


def test_items_of_parcels_that_the_store_does_not_tell_apart_are_shown_once_for_all(
    site: Site, shopper: Shopper
) -> None:
    cards = shopper.open(site.link("shared")).locator("article")
    held = [card.locator("h3:has(+ .items), .items div").all_inner_texts() for card in cards.all()]
    lamp, candle = "Linen table lamp\nOat", "Beeswax candle\nSet of three · Quantity: 2"
    assert held == [["In parcels 1 and 2 together", lamp, candle], [], ["In this parcel", "Wool throw"]]


def test_an_answer_that_does_not_know_of_sharing_shows_what_each_parcel_says(site: Site, shopper: Shopper) -> None:
    view = json.loads(site.views["multi"])
    for parcel in view["parcels"]:
        del parcel["together_with"]
    site.views["multi"] = json.dumps(view)
    page = shopper.open(site.link("multi"))
    assert page.locator("h3:has(+ .items)").all_inner_texts() == ["In this parcel"] * 3
    assert shopper.complaints == []


@pytest.mark.parametrize("width", [320, 375, 390, 405])
def test_a_place_goes_to_a_line_of_its_own_rather_than_breaking(site: Site, shopper: Shopper, width: int) -> None:
    page = shopper.open(site.link("shared"), viewport={"width": width, "height": 844})
    lines = page.get_by_text("Austin, TX, US", exact=True).evaluate(
        "node => { const words = document.createRange(); words.selectNodeContents(node); return words.getClientRects().length; }"
    )
    assert lines == 1


def test_what_left_without_a_number_is_said_to_be_sent(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("untracked"))
    assert page.inner_text("h1") == "Your order has been sent"
    assert page.inner_text("section h2") == "Sent without a tracking number"
    assert "Wool throw" in page.inner_text("section")


def test_a_cancelled_order_says_so(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("cancelled"))
    assert page.inner_text("h1") == "Your order was cancelled"
    assert page.inner_text("section h2") == "Will not be sent"
    assert page.locator(".hero").inner_text().endswith("cancelled")


def test_an_unknown_scan_shows_the_carriers_words_and_no_news(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("unknown"))
    assert page.inner_text("h1") == "Waiting for news"
    assert page.locator(".tl strong").inner_text() == "Zwischenstopp"
    assert page.locator(".note").count() == 0


def test_markup_of_a_vendor_stays_text(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("hostile"))
    assert page.locator("main img, main b, main [onerror]").count() == 0
    assert page.locator("main a").count() == 0
    assert "<b>bold</b> https://evil.example" in page.locator(".tl strong").first.inner_text()
    assert page.title() != "owned"
    assert shopper.complaints == []


def test_pictures_come_from_https_alone_and_a_broken_one_leaves_no_hole(site: Site, shopper: Shopper) -> None:
    page = shopper.page()
    asked: list[str] = []

    def refuse(route: object) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route("https://shop.example/**", refuse)
    page.goto(site.link("photographed"))
    page.locator("section .items").scroll_into_view_if_needed()
    expect(page.locator(".items img")).to_have_count(0)
    assert "https://shop.example/1.jpg" in asked
    assert page.get_by_role("link", name="Linen table lamp").get_attribute("href") == "https://shop.example/"


# ---- without a link, or with a bad one ----


def test_look_up_opens_the_order(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link(""))
    assert site.api_calls == []
    page.get_by_label("Order number").fill("#1042")
    page.get_by_label("Email address").fill("ada@example.com")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Delivered")
    assert page.url == site.link("delivered")
    assert site.bodies == [{"order": "#1042", "email": "ada@example.com"}]
    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_look_up_says_the_same_for_wrong_and_not_found_and_keeps_what_was_typed(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link(""))
    page.get_by_label("Order number").fill("#9999")
    page.get_by_label("Email address").fill("ada@example.com")
    page.get_by_role("button", name="Find my order").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("We cannot find an order with this number and email address.")
    assert page.get_by_label("Order number").input_value() == "#9999"
    assert page.get_by_role("button", name="Find my order").is_enabled()


def test_look_up_that_is_throttled_asks_for_patience(site: Site, shopper: Shopper) -> None:
    site.answers["/api/lookup"] = 429
    page = shopper.open(site.link(""))
    page.get_by_label("Order number").fill("#1042")
    page.get_by_label("Email address").fill("ada@example.com")
    page.get_by_role("button", name="Find my order").click()
    expect(page.get_by_role("alert")).to_contain_text("Please wait a minute")


def test_a_dead_link_leads_to_the_form(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("forged"))
    assert "This link does not open an order." in page.inner_text(".lead")
    assert page.get_by_label("Order number").is_visible()


@pytest.mark.parametrize(("status", "words"), [(429, "wait a minute"), (500, "on our side"), (503, "on our side")])
def test_a_refusal_can_be_tried_again(site: Site, shopper: Shopper, status: int, words: str) -> None:
    site.answers["/api/tracking/delivered"] = status
    page = shopper.open(site.link("delivered"))
    assert words in page.inner_text(".lead")
    assert words in page.inner_text("#live")
    assert len(site.api_calls) == 1
    del site.answers["/api/tracking/delivered"]
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("h1")).to_have_text("Delivered")


def test_offline_is_called_by_its_name(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("delivered"))
    page.context.set_offline(True)
    page.evaluate("location.hash = 'multi'")
    expect(page.locator(".lead")).to_have_text("You seem to be offline.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("h1")).to_have_text("1 of 3 parcels delivered")


def test_a_garbled_answer_is_our_fault_not_a_blank_page(site: Site, shopper: Shopper) -> None:
    site.views["delivered"] = "<html>"
    assert "on our side" in shopper.open(site.link("delivered")).inner_text(".lead")


def test_a_value_of_a_newer_api_is_shown_as_no_news(site: Site, shopper: Shopper) -> None:
    view = json.loads(site.views["delivered"])
    view["parcels"][0] |= {"status": "teleported", "sub_status": "beamed", "action": "wave", "novel": 1}
    site.views["delivered"] = json.dumps(view)
    page = shopper.open(site.link("delivered"))
    assert page.inner_text("h1") == "Waiting for news"
    assert shopper.complaints == []


def test_without_scripts_the_page_says_what_helps(site: Site, shopper: Shopper) -> None:
    page = shopper.page(java_script_enabled=False)
    page.goto(site.link("multi"))
    assert "needs JavaScript" in page.inner_text("noscript")
    assert not page.locator(".sk").is_visible()
    assert not page.locator("select").is_visible()


def test_something_is_drawn_before_the_answer_is_there(site: Site, shopper: Shopper) -> None:
    page = shopper.page()
    page.route("**/api/**", lambda route: None)  # never answered
    page.goto(site.link("multi"), wait_until="domcontentloaded")
    assert page.locator(".sk .card").is_visible()
    assert page.locator("main").get_attribute("aria-busy") == "true"


def test_the_shops_own_line_is_in_the_pages_language_and_leads_where_it_says(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("bannered"))
    line = page.locator("main > .note").first
    assert line.inner_text() == "We pack on Saturdays too."
    assert line.locator("a").get_attribute("href") == "https://shop.example/hours"
    page.select_option("#lang", "de")
    page.get_by_text("Wir packen auch samstags.").wait_for()


def test_the_shops_own_line_is_text_and_runs_its_own_way(site: Site, shopper: Shopper) -> None:
    line = shopper.open(site.link("bannered")).locator("main > .note").nth(1)
    assert line.inner_text() == "<b>أهلاً</b>"
    assert (line.get_attribute("lang"), line.get_attribute("dir")) == ("ar", "auto")


def test_a_storm_is_told_in_one_line_in_the_pages_language(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("stormy"))
    line = page.locator("main > .note").first
    assert line.inner_text().startswith("Many DHL parcels have stood still since Tuesday 10 March, this one too.")
    page.select_option("#lang", "de")
    page.get_by_text("Viele Pakete von DHL stehen seit Dienstag, 10. März still").wait_for()


def test_without_a_storm_nothing_is_said_of_one(site: Site, shopper: Shopper) -> None:
    assert shopper.open(site.link("silent")).locator("main > .note").count() == 0
