"""Message texts by language: choosing the language, filling in facts, plurals, dates and times.

`locales/<language>.json` maps a key to a text, or to one text per plural form. A text holds `{name}` placeholders and
no markup. Placeholders are filled by plain replacement: a value is never looked into for further placeholders.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, lru_cache
from importlib import resources

from porchlight.domain.errors import RenderError

FALLBACK = "en"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_LATIN = re.compile(r"[A-Za-z#]")
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_YEAR_GOES_WITHOUT_SAYING = 150
"""Days: nearer than this nobody asks which year is meant."""


def _one_other(count: int) -> str:
    return "one" if count == 1 else "other"


def _nought_is_one(count: int) -> str:
    return "one" if count in {0, 1} else "other"


def _arabic(count: int) -> str:
    few, many = range(3, 11), range(11, 100)
    if count in {0, 1, 2}:
        return ("zero", "one", "two")[count]
    return "few" if count % 100 in few else "many" if count % 100 in many else "other"


PLURAL_FORM: dict[str, Callable[[int], str]] = {"ar": _arabic, "fr": _nought_is_one, "pt": _nought_is_one}
"""Unicode CLDR plural rules for whole numbers; every other language here tells one from several."""


@cache
def languages() -> tuple[str, ...]:
    """Languages there are texts in, sorted."""
    files = resources.files("porchlight").joinpath("locales").iterdir()
    return tuple(sorted(file.name.removesuffix(".json") for file in files if file.name.endswith(".json")))


@cache
def catalogue(language: str) -> dict[str, str | dict[str, str]]:
    """All texts of one language."""
    text = resources.files("porchlight").joinpath("locales", f"{language}.json").read_text("utf-8")
    texts: dict[str, str | dict[str, str]] = json.loads(text)
    return texts


class Texts:
    """The texts of one shopper's language.

    Attributes:
        locale: BCP 47, as the mail declares it: `de`, or with the shopper's region `en-GB`.
        direction: `ltr` or `rtl`.
    """

    def __init__(self, language: str, region: str = "") -> None:
        self.language = language
        self.region = region
        self.locale = f"{language}-{region}" if region else language
        self._texts = catalogue(language)
        self.direction = self._plain("format.direction")

    def say(self, key: str, count: int | None = None, **values: object) -> str:
        """The text of a key; `count` chooses the plural form and fills `{count}`. Raises `RenderError`."""
        text = self._texts.get(key)
        if isinstance(text, dict):
            form = PLURAL_FORM.get(self.language, _one_other)(count if count is not None else 1)
            text = text.get(form, text.get("other"))
        if text is None:
            message = f"no text {key} in {self.language}"
            raise RenderError(message)
        filled = values if count is None else {"count": count, **values}
        return _filled(text, {name: self._apart(str(value)) for name, value in filled.items()})

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self._texts

    def day(self, day: date, today: date) -> str:
        """`Tuesday 5 May`, with the year when it is not near today."""
        near = abs((day - today).days) < _YEAR_GOES_WITHOUT_SAYING
        text = _filled(
            self._regional("format.day"),
            {
                "weekday": self._plain("format.weekdays").split()[day.weekday()],
                "day": self._plain("format.first_of_month") if day.day == 1 else str(day.day),
                "month": self._plain("format.months").split()[day.month - 1],
            },
        )
        return text if near else _filled(self._plain("format.day_with_year"), {"day": text, "year": str(day.year)})

    def time(self, clock: str) -> str:
        """A local `HH:MM` as this language writes it."""
        hour, _, minute = clock.partition(":")
        half = "format.am" if int(hour) < 12 else "format.pm"  # noqa: PLR2004 noon
        values = {
            "h": str((int(hour) - 1) % 12 + 1),
            "H": str(int(hour)),
            "hh": hour,
            "mm": minute,
            "half": self._plain(half),
        }
        return _filled(self._regional("format.time"), values)

    def _apart(self, value: str) -> str:
        """In right-to-left text a Latin value is isolated, or its marks and numbers would jump to its other end."""
        latin = self.direction == "rtl" and _LATIN.search(value)
        return f"{_ISOLATE}{value}{_END_OF_ISOLATE}" if latin else value

    def _plain(self, key: str) -> str:
        return str(self._texts[key])

    def _regional(self, key: str) -> str:
        return str(self._texts.get(f"{key}.{self.region}", self._texts[key]))


@lru_cache(maxsize=64)
def texts_for(*wishes: str) -> Texts:
    """Texts in the first wished language (BCP 47) we speak; its region from the first wish that names one."""
    read = [_language_and_region(wish) for wish in (*wishes, FALLBACK)]
    language = next(language for language, _ in read if language in languages())
    return Texts(language, next((region for spoken, region in read if spoken == language and region), ""))


def _language_and_region(tag: str) -> tuple[str, str]:
    language, *rest = tag.replace("_", "-").lower().split("-")
    region = next((part.upper() for part in rest if len(part) == 2 and part.isalpha()), "")  # noqa: PLR2004 ISO 3166-1
    return language, region


def _filled(text: str, values: Mapping[str, object]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            message = f"no value for {{{match[1]}}} in a text"
            raise RenderError(message)
        return str(values[match[1]])

    return _PLACEHOLDER.sub(value, text)
