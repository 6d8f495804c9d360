"""Takes the README's pictures: the tracking page on Wednesday afternoon, and three mails of the week so far.

Needs the machine's Chromium. Pictures are written as small PNG files under names that do not change.
"""

import shutil
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tools.demo.mailbox import Mail
from tools.demo.play import Stage
from tools.demo.shop_clock import at
from tools.demo.week import STEPS

_UNTIL = at("Wed", "17:00")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_PHONE: ViewportSize = {"width": 390, "height": 844}
_DESKTOP: ViewportSize = {"width": 1160, "height": 860}
_MAIL: ViewportSize = {"width": 640, "height": 400}
_PAGES = (
    ("tracking-phone-light", "#1010", _PHONE, "light"),
    ("tracking-phone-dark", "#1010", _PHONE, "dark"),
    ("tracking-phone-problem", "#1016", _PHONE, "light"),
    ("tracking-phone-arabic", "#1008", _PHONE, "light"),
    ("tracking-desktop-light", "#1010", _DESKTOP, "light"),
    ("tracking-desktop-dark", "#1010", _DESKTOP, "dark"),
)
_MAILS = (
    ("mail-shipped", "#1010", "shipped", "light"),
    ("mail-out-for-delivery-dark", "#1001", "out_for_delivery", "dark"),
    ("mail-delayed-german", "#1021", "delayed", "light"),
)


def take(stage: Stage, folder: Path) -> int:
    """Play until Wednesday and take all pictures; 1 when there is no browser."""
    executable = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if executable is None:
        print("Chromium is missing (Debian: apt-get install chromium)", file=sys.stderr)
        return 1
    stage.play([hour for hour in STEPS if hour <= _UNTIL])
    mails = stage.mailbox.mails(stage.pages())
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        for name, order, size, scheme in _PAGES:
            link = next(mail.link for mail in reversed(mails) if mail.order == order)
            _shoot_page(browser, link, folder / f"{name}.png", size, scheme)
        for name, order, touchpoint, scheme in _MAILS:
            mail = next(mail for mail in mails if (mail.order, mail.touchpoint) == (order, touchpoint))
            _shoot_mail(browser, mail, folder / f"{name}.png", scheme)
        browser.close()
    return 0


def _shoot_page(browser: Browser, link: str, file: Path, size: ViewportSize, scheme: str) -> None:
    sharp = 2 if size is _PHONE else 1
    page = browser.new_page(viewport=size, device_scale_factor=sharp, color_scheme=_scheme(scheme), locale="en-US")
    page.goto(link, wait_until="networkidle")
    page.wait_for_selector("main:not([aria-busy=true])")
    page.screenshot(path=file)
    page.close()


def _shoot_mail(browser: Browser, mail: Mail, file: Path, scheme: str) -> None:
    page = browser.new_page(viewport=_MAIL, color_scheme=_scheme(scheme))
    page.set_content(mail.html)
    page.screenshot(path=file, full_page=True)
    page.close()


def _scheme(name: str) -> Literal["dark", "light"]:
    return "dark" if name == "dark" else "light"
