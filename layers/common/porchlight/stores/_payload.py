"""What the JSON of every shop platform has in common: null means absent, ids may be numbers, names come in parts."""

import re
from abc import ABC, abstractmethod
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, model_validator

from porchlight.domain.model import Value
from porchlight.domain.orders import Person
from porchlight.domain.store_news import StoreNews, StoreUpdate

ALPHA_2 = re.compile("[A-Za-z]{2}")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value).strip()
    message = "should be text"
    raise ValueError(message)


def _convertible(moment: datetime) -> datetime:
    if MINYEAR < moment.year < MAXYEAR:
        return moment
    message = "year out of range"
    raise ValueError(message)


def _mail_time(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        message = "should be a time as in RFC 2822"
        raise ValueError(message) from None


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


Text = Annotated[str, BeforeValidator(_text)]
"""Trimmed text; a whole number becomes its digits, null an empty text."""
Id = Annotated[str, BeforeValidator(_text), StringConstraints(min_length=1)]
"""Text that must be there. Ids go beyond 2**53, so they never pass through a float."""
CountryCode = Annotated[Text, AfterValidator(lambda text: text.upper() if ALPHA_2.fullmatch(text) else "")]
"""A two-letter country code in upper case; anything longer is not a code and is dropped."""
PrintedTime = Annotated[AwareDatetime, AfterValidator(_convertible)]
"""A time with the offset it was printed with, far enough from the calendar's ends to be converted to any zone."""
Instant = Annotated[PrintedTime, AfterValidator(lambda moment: moment.astimezone(UTC))]
"""The same in UTC, where the offset tells nothing."""
Gmt = Annotated[datetime, AfterValidator(_convertible), AfterValidator(_in_utc)]
"""A time that the vendor documents as UTC and prints without an offset; one that is printed counts."""
MailTime = Annotated[Gmt, BeforeValidator(_mail_time)]
"""A time as mail headers write it (RFC 2822)."""
MaybeMailTime = Annotated[Gmt | None, BeforeValidator(_mail_time)]
"""The same, or an empty text for none."""
Money = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=20)]
"""An amount, as text or number."""


def amount(money: Decimal | None) -> str:
    """Decimal text with two decimals, or with all where the others are no zeros; empty for `None`."""
    if money is None:
        return ""
    short = money.quantize(Decimal("0.01"))
    return f"{short if short == money else money:f}"


class Payload(Value):
    """Base of a vendor's objects: a field that is null takes its default, as if it were not there."""

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: object) -> object:
        return {key: part for key, part in value.items() if part is not None} if isinstance(value, dict) else value


class Named(Payload):
    """Somebody's name, in parts or whole."""

    first_name: Text = ""
    last_name: Text = ""
    name: Text = ""
    phone: Text = ""

    def person(self) -> Person:
        """The name in parts; where there are none, the whole name is the first."""
        whole = "" if self.first_name or self.last_name else self.name
        return Person(first_name=self.first_name or whole, last_name=self.last_name, phone=self.phone)


class Resource(Payload, ABC):
    """One order, fulfilment or event as the vendor writes it."""

    @abstractmethod
    def update(self, topic: str, received_at: datetime) -> StoreUpdate:
        """The same in our words."""


class Body(Value, ABC):
    """What one delivery carries."""

    @abstractmethod
    def updates(self, topic: str, received_at: datetime) -> list[StoreNews]:
        """Everything it says, in our words."""


class Resources[R: Resource](Body):
    """One resource bare, one under its outer key (`one`), or several (`many`): all become a list."""

    one: ClassVar[str]
    many: ClassVar[str]
    body: tuple[R, ...]

    @model_validator(mode="before")
    @classmethod
    def _as_list(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        # an order lists its `fulfillments` too: a key is an outer key only where the resource itself would say its id
        wrapped = "id" not in value and cls.many in value
        return {"body": value[cls.many] if wrapped else [value.get(cls.one, value)]}

    def updates(self, topic: str, received_at: datetime) -> list[StoreNews]:
        """One update per resource."""
        return [resource.update(topic, received_at) for resource in self.body]
