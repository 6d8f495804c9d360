"""The page behind a message's opt-out link: one sentence and one button, in the language of the message.

A whole HTML document without script: it works in every browser and with every screen reader, and its policy forbids
everything but its own style and a form to where it came from. The form goes to the page's own address, so the token
stands nowhere in it.
"""

import hashlib
from base64 import b64encode
from enum import StrEnum
from html import escape

from porchlight.domain.brand import Brand
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
_STYLE = """\
:root{color-scheme:light dark}
body{margin:0 auto;max-width:34rem;padding:2rem 1.25rem;font:1.05rem/1.55 system-ui,sans-serif}
h1{font-size:1.6rem;line-height:1.2;margin:2rem 0 .75rem}
a{color:inherit}
button{font:inherit;font-weight:600;min-height:2.9rem;padding:.5rem 1.35rem;margin-top:1rem;border:1px solid;\
border-radius:12px;cursor:pointer}
.main{background:%(color)s;color:%(on)s;border-color:%(color)s}
.other{background:none;color:inherit}
"""


def stop_page(scene: Scene, brand: Brand, locale: str) -> str:
    """The document; `locale` empty takes the shop's own language."""
    texts = texts_for(locale, brand.default_locale)
    style = _STYLE % {"color": brand.color, "on": brand.on_color}
    return f"""<!doctype html>
<html lang="{texts.locale}" dir="{texts.direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>{_text(texts, f"stop.{scene}", brand)}</title>
<style>{style}</style>
</head>
<body>
<a href="{escape(brand.shop_url)}">{escape(brand.name)}</a>
<main>
<h1>{_text(texts, f"stop.{scene}", brand)}</h1>
<p>{_text(texts, f"stop.{scene}.more", brand)}</p>
{_form(scene, texts, brand)}</main>
</body>
</html>
"""


def _form(scene: Scene, texts: Texts, brand: Brand) -> str:
    if scene not in _BUTTONS:
        return ""
    key, sent = _BUTTONS[scene]
    name, _, value = sent.partition("=")
    kind = "main" if scene is Scene.ASK else "other"
    caption = _text(texts, key, brand)
    return f'<form method="post"><button class="{kind}" name="{name}" value="{value}">{caption}</button></form>\n'


def _text(texts: Texts, key: str, brand: Brand) -> str:
    return escape(texts.say(key, shop=brand.name))


def _policy(style: str) -> str:
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'"
