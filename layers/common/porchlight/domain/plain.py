"""Texts from outside as one harmless line: no control characters, no hidden direction marks, bounded length.

What is left is data: showing it in HTML still needs escaping, which the templates do.
"""

import unicodedata

LINE, URL, NAME = 120, 400, 40
_READ = 2000
"""Characters looked at: a title of a megabyte costs no more than one of two pages."""
_JOINERS = frozenset("\u200c\u200d")
"""Format characters that Persian, Indic scripts and emoji need; all others can only deceive."""
_IN_NAMES = frozenset(" -'’.·")


def plain_line(text: str, limit: int = LINE) -> str:
    """The text as one line of at most `limit` characters."""
    line = " ".join("".join(map(_visible, text[:_READ])).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def first_name(text: str) -> str:
    """A first name, or nothing: anyone may write into that field, so a link or an advert is not repeated in a mail."""
    name = plain_line(text, NAME + 1)
    return name if len(name) <= NAME and all(one in _IN_NAMES or _is_letter(one) for one in name) else ""


def place_name(text: str) -> str:
    """A city as people write it; carriers shout."""
    place = plain_line(text, NAME)
    return place.title() if place.isupper() else place


def link(url: str) -> str:
    """An https address that needs no escaping but `&`, or nothing; as long as it becomes in HTML."""
    printable = url.isascii() and url.isprintable() and not set(url) & set(" <>\"'`")
    return url if url.startswith("https://") and printable and len(url) + 4 * url.count("&") <= URL else ""


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    return "" if category in {"Cf", "Cs"} and character not in _JOINERS else character


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM"
