"""The texts of the generic store's messages: what each kind must look like, and how it is told when it does not.

Refusals name the kind that is wanted and never quote the value. An optional text may be empty: that says nothing.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from porchlight.domain.tracking import normal_number
from porchlight.stores._mapping import WEB

MOST = 1000
"""Entries of one list; an order with more is none."""

AMOUNT = r"^[0-9]{1,15}(\.[0-9]{1,6})?$"
COUNTRY = r"^[A-Z]{2}$"
CURRENCY = r"^[A-Z]{3}$"
LOCALE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
MAIL = r"^[^@\s]+@[^@\s]+$"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
MOMENT = rf"^{DAY}(T[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?$"


def _like(pattern: str, wanted: str) -> Callable[[str], str]:
    """A check that says what is wanted instead of the pattern; empty text is as good as absent."""

    def check(text: str) -> str:
        if text and not re.fullmatch(pattern, text):
            message = f"should be {wanted}"
            raise ValueError(message)
        return text

    return check


def _schema(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^$|{pattern}"})


def _link(text: str) -> str:
    if text and not text.lower().startswith(WEB):
        message = "should be an address that begins with https:// or http://"
        raise ValueError(message)
    return text


def _number(text: str) -> str:
    if not any(one.isalnum() for one in text):
        message = "should be a tracking number"
        raise ValueError(message)
    return normal_number(text)


def _moment(text: str) -> str:
    if not re.fullmatch(MOMENT, text):
        message = "should be a date, or a date and time as in ISO 8601"
        raise ValueError(message)
    datetime.fromisoformat(text)  # raises for a thirteenth month
    return text


Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Link = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_link)]
Amount = Annotated[str, AfterValidator(_like(AMOUNT, "decimal text, such as 12.50")), _schema(AMOUNT)]
Currency = Annotated[str, AfterValidator(_like(CURRENCY, "a currency of ISO 4217, such as EUR")), _schema(CURRENCY)]
Country = Annotated[str, AfterValidator(_like(COUNTRY, "a country of ISO 3166-1, such as NL")), _schema(COUNTRY)]
Locale = Annotated[str, AfterValidator(_like(LOCALE, "a language of BCP 47, such as de or pt-BR")), _schema(LOCALE)]
Mail = Annotated[str, StringConstraints(max_length=254), AfterValidator(_like(MAIL, "a mail address")), _schema(MAIL)]
Clock = Annotated[str, AfterValidator(_like(TIME, "a time of day, such as 09:30")), _schema(TIME)]
Number = Annotated[str, StringConstraints(max_length=100), AfterValidator(_number)]
Moment = Annotated[str, AfterValidator(_moment), WithJsonSchema({"type": "string", "pattern": MOMENT})]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
