"""The page behind a message's opt-out link: one sentence and one button, in the language of the message.

Two of its scenes serve every link: one that does not work, and one that does not work just now.
"""

from enum import StrEnum
from html import escape

from porchlight.domain.brand import Brand
from porchlight.link_page import link_page
from porchlight.texts import Texts, texts_for

AGAIN = "choice=again"
"""The form that takes an opt-out back."""
ONE_CLICK = "List-Unsubscribe=One-Click"
"""What mail programs send (RFC 8058), and the page's own button."""


class Scene(StrEnum):
    """What the page says; each is a text `stop.<scene>`."""

    ASK = "ask"
    DONE = "done"
    UNDONE = "undone"
    DEAD = "dead"
    LATER = "later"


_BUTTONS = {
    Scene.ASK: ("stop.button", ONE_CLICK),
    Scene.DONE: ("stop.undo", AGAIN),
    Scene.UNDONE: ("stop.button", ONE_CLICK),
}


def stop_page(scene: Scene, brand: Brand, locale: str) -> str:
    """The document; `locale` empty takes the shop's own language."""
    texts = texts_for(locale, brand.default_locale)
    more = escape(texts.say(f"stop.{scene}.more", shop=brand.name))
    title = texts.say(f"stop.{scene}", shop=brand.name)
    return link_page(title, f"<p>{more}</p>\n{_form(scene, texts, brand)}", texts, brand)


def _form(scene: Scene, texts: Texts, brand: Brand) -> str:
    if scene not in _BUTTONS:
        return ""
    key, sent = _BUTTONS[scene]
    name, _, value = sent.partition("=")
    kind = "main" if scene is Scene.ASK else "other"
    caption = escape(texts.say(key, shop=brand.name))
    return f'<form method="post"><button class="{kind}" name="{name}" value="{value}">{caption}</button></form>\n'
