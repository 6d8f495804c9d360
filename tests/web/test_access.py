"""The page for everyone: languages, direction, keyboard, names, headings, contrast, motion, print."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Shopper, Site

pytestmark = pytest.mark.browser

CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = css => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = c => c.slice(0, 3).map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + .05) / (Math.min(light(a), light(b)) + .05);
  const under = node => { for (let n = node; n; n = n.parentElement) { const c = rgba(getComputedStyle(n).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255, 255]; };
  const spoken = [...document.querySelectorAll("body *")].filter(n => n.getClientRects().length && [...n.childNodes].some(k => k.nodeType === 3 && k.data.trim()) && !["SCRIPT", "STYLE", "OPTION", "NOSCRIPT"].includes(n.tagName));
  return spoken.map(n => [n.textContent.slice(0, 40), ratio(rgba(getComputedStyle(n).color), under(n))]);
}"""

NAMELESS = """() => [...document.querySelectorAll("a[href], button, input, select, summary")]
  .filter(n => n.getClientRects().length)
  .filter(n => !(n.ariaLabel || (n.labels && n.labels.length) || n.textContent.trim() || n.querySelector("img[alt]:not([alt=''])")))
  .map(n => n.outerHTML)"""

SMALL = """() => [...document.querySelectorAll("a[href], button, input, select, summary")]
  .filter(n => n.getClientRects().length).map(n => [n.textContent.slice(0, 20), n.getBoundingClientRect().height])
  .filter(([, height]) => height < 24)"""

SCENES = ("multi", "exception", "pickup", "silent", "delivered", "waiting", "", "forged")


def levels(page: Page) -> list[int]:
    return [int(tag[1]) for tag in page.locator("h1, h2, h3, h4").evaluate_all("nodes => nodes.map(n => n.tagName)")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("color", ["#8a3b12", "#ffe14d", "#101010", ""])
def test_text_can_be_read_in_both_schemes_whatever_the_brand_colour(
    site: Site, shopper: Shopper, scheme: str, color: str
) -> None:
    site.brand |= {"color": color, "color_dark": ""}
    for scene in ("exception", "pickup"):
        page = shopper.open(site.link(scene), color_scheme=scheme)
        poor = [(text, round(ratio, 2)) for text, ratio in page.evaluate(CONTRASTS) if ratio < 4.5]
        assert poor == [], scene


def test_dark_is_dark_and_light_is_light(site: Site, shopper: Shopper) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    assert shopper.open(site.link("multi"), color_scheme="light").evaluate(background) == "rgb(246, 245, 242)"
    assert shopper.open(site.link("multi"), color_scheme="dark").evaluate(background) == "rgb(17, 19, 22)"


@pytest.mark.parametrize("scene", SCENES)
def test_headings_landmarks_and_names_are_in_order(site: Site, shopper: Shopper, scene: str) -> None:
    page = shopper.open(site.link(scene))
    found = levels(page)
    assert found[0] == 1
    assert found.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(found))
    assert page.locator("main").count() == page.locator("body > header").count() == page.locator("footer").count() == 1
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(SMALL) == []
    ids = page.locator("[id]").evaluate_all("nodes => nodes.map(n => n.id)")
    assert len(ids) == len(set(ids))
    assert page.title()


def test_progress_is_told_in_words_not_in_colour_alone(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("exception"))
    steps = page.locator(".steps li")
    assert steps.first.text_content() == "Packed (done)"
    assert page.locator("[aria-current=step]").count() == 1
    drawn = page.locator(".steps .bad i").evaluate("node => getComputedStyle(node, '::after').content")
    assert drawn == '"!"'


def test_the_keyboard_reaches_everything_and_focus_is_seen(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("exception"))
    reached = []
    for _ in range(7):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim().slice(0, 14)"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        if reached[-1].startswith("Earlier"):
            page.keyboard.press("Enter")
    assert page.locator("details[open]").count() == 1
    assert next(text for text in reached if text) == "Lamp & Linen"
    assert "Contact the sh" in reached


def test_arabic_reads_from_right_to_left(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("arabic"))
    assert page.locator("html").get_attribute("lang") == "ar"
    assert page.locator("html").get_attribute("dir") == "rtl"
    first, last = (
        page.locator(".steps").first.locator("li").first.bounding_box(),
        page.locator(".steps").first.locator("li").last.bounding_box(),
    )
    assert first is not None
    assert last is not None
    assert first["x"] > last["x"]
    assert "خرج للتوصيل" in page.locator(".now").first.inner_text()
    assert re.search(r"مارس", page.locator(".eta").first.inner_text())
    assert page.locator(".tl bdi[lang='']").first.evaluate("n => getComputedStyle(n).direction") == "ltr"
    assert shopper.complaints == []


def test_the_shops_word_on_the_language_comes_before_the_browsers(site: Site, shopper: Shopper) -> None:
    assert shopper.open(site.link("multi"), locale="de-DE").locator("html").get_attribute("lang") == "en"
    site.views["multi"] = site.views["multi"].replace('"locale":"en-GB"', '"locale":""')
    page = shopper.open(site.link("multi"), locale="de-DE")
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.inner_text("h1") == "1 von 3 Paketen zugestellt"
    assert page.locator(".eta b").nth(1).inner_text() == "Freitag, 13. März"


def test_the_shoppers_choice_comes_first_and_stays(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("multi"))
    page.get_by_label("Language").select_option("fr")
    expect(page.locator("h1")).to_have_text("1 colis livrés sur 3")
    page.reload()
    expect(page.locator("h1")).to_have_text("1 colis livrés sur 3")
    assert page.locator("html").get_attribute("lang") == "fr"


def test_a_language_file_that_is_missing_leaves_english(site: Site, shopper: Shopper) -> None:
    site.answers["/l/fr.json"] = 404
    page = shopper.open(site.link("multi"))
    page.get_by_label("Language").select_option("fr")
    expect(page.get_by_label("Language")).to_have_value("en")
    assert page.inner_text("h1") == "1 of 3 parcels delivered"


def test_what_is_loaded_is_announced(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("multi"))
    assert page.get_by_role("status").inner_text() == "1 of 3 parcels delivered"
    assert page.locator("main").get_attribute("aria-busy") == "false"


@pytest.mark.parametrize("language", ["en", "de", "fr", "ar"])
def test_nothing_runs_out_of_a_narrow_phone(site: Site, shopper: Shopper, language: str) -> None:
    site.views = {
        name: re.sub(r'"locale":"[^"]*"', f'"locale":"{language}"', body) for name, body in site.views.items()
    }
    for scene in ("multi", "exception", "hostile", ""):
        page = shopper.open(site.link(scene), viewport={"width": 320, "height": 640}, locale=language)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_nothing_moves_for_who_asked_for_stillness(site: Site, shopper: Shopper) -> None:
    page = shopper.page(reduced_motion="reduce")
    page.route("**/api/**", lambda route: None)  # never answered, so the skeleton stays
    page.goto(site.link("multi"), wait_until="domcontentloaded")
    assert page.locator(".sk").evaluate("node => getComputedStyle(node).animationName") == "none"


def test_print_shows_every_scan_and_no_controls(site: Site, shopper: Shopper) -> None:
    page = shopper.open(site.link("exception"))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("details:not([open])").count() == 0
    assert not page.locator("select").is_visible()
    assert page.get_by_text("Shipper created a label").is_visible()
