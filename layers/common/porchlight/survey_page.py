"""The page behind the survey's links: five answers as buttons of one form, and after one was given, thanks.

It knows neither order nor shopper, so whoever else opens the link reads nothing but an answer.
"""

from html import escape
from typing import NamedTuple

from porchlight.domain.brand import Brand
from porchlight.domain.survey import SCORES
from porchlight.link_page import link_page
from porchlight.texts import Texts, texts_for

FIELD = "score="
"""What the form sends, with the score behind it."""
_GIVEN = 'class="main" aria-current="true"'
_CHOSEN = f"{_GIVEN} autofocus"
"""What they chose in the message has the focus, so that one key sends it."""
_STYLE = """\
form button{display:block;width:100%;text-align:start;margin-top:.6rem}
.ways a{display:inline-block;margin-inline-end:1.25rem}
"""


class Answering(NamedTuple):
    """Where somebody is with their answer.

    Attributes:
        chosen: The score of the link they followed; `None` for a link without one.
        given: The answer that counts so far; `None` before the first.
        is_done: They gave it just now.
        is_low: It is one that the shop would like to put right.
    """

    chosen: int | None
    given: int | None
    is_done: bool = False
    is_low: bool = False


def survey_page(now: Answering, brand: Brand, locale: str) -> str:
    """The document; `locale` empty takes the shop's own language."""
    texts = texts_for(locale, brand.default_locale)
    body = _thanks(now, texts, brand) if now.is_done else _question(now, texts)
    title = texts.say("answer.done" if now.is_done else "survey.headline")
    return link_page(title, body, texts, brand, _STYLE)


def _question(now: Answering, texts: Texts) -> str:
    before = _paragraph(_given("answer.before", now, texts)) if now.given else ""
    return f"{before}{_paragraph(texts.say('answer.ask.more'))}{_form(texts, now.chosen or now.given, _CHOSEN)}"


def _given(key: str, now: Answering, texts: Texts) -> str:
    return texts.say(key, answer=texts.say(f"score.{now.given}"))


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>\n"


def _thanks(now: Answering, texts: Texts, brand: Brand) -> str:
    sorry = f'<p class="ways">{escape(texts.say("answer.low"))}{_help(texts, brand)}</p>\n' if now.is_low else ""
    more = f"<p>{_link(texts.say('answer.tell'), brand.survey_url)}</p>\n" if brand.survey_url else ""
    again = _paragraph(texts.say("answer.change")) + _form(texts, now.given, _GIVEN)
    return _paragraph(_given("answer.given", now, texts)) + sorry + more + again


def _help(texts: Texts, brand: Brand) -> str:
    """How the shop can be reached, as its mails say it; nothing where it says nothing."""
    address = brand.support_email or brand.reply_to
    ways = [_link(address, f"mailto:{address}" if address else ""), _link(texts.say("footer.help"), brand.support_url)]
    found = "".join(way for way in ways if way)
    return f" {escape(texts.say('answer.write'))}<br>\n{found}" if found else ""


def _form(texts: Texts, score: int | None, mark: str) -> str:
    """The five answers, `score` with the attributes of `mark`."""
    buttons = "".join(_button(one, texts, mark if one == score else 'class="other"') for one in reversed(SCORES))
    return f'<form method="post">\n{buttons}</form>\n'


def _button(score: int, texts: Texts, attributes: str) -> str:
    name = FIELD.removesuffix("=")
    caption = escape(texts.say("answer.choice", score=score, words=texts.say(f"score.{score}")))
    return f'<button {attributes} name="{name}" value="{score}">{caption}</button>\n'


def _link(caption: str, url: str) -> str:
    return f'<a href="{escape(url)}"><bdi>{escape(caption)}</bdi></a>' if url else ""
