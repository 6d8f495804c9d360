"""The columns of an import: their names, and how a cell of each is read. docs/import.md lists them.

A cell is read as the generic store's messages want it, with what spreadsheets do to values taken into account: amounts
with a decimal comma, dates without a time, yes and no. What a spreadsheet has destroyed is refused, not repaired.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from porchlight.cli._table import squeezed
from porchlight.domain.times import date_only, to_text, wall_clock
from porchlight.stores import _generic_types as types

Zone = str | None
"""IANA name of the zone of times without an offset."""


class Part(StrEnum):
    """What of an order a cell is about."""

    NAME = "name"
    """Which order; every row has one."""
    ORDER = "order"
    """The order as a whole; told once, or alike in each of its rows."""
    LINE = "line"
    """The item of this row."""
    PARCEL = "parcel"
    """The parcel of this row."""


class Column(NamedTuple):
    """One column; `also` are other names it may have in the header."""

    name: str
    part: Part
    read: Callable[[str, Zone], object]
    also: str = ""


def _plain(kind: object) -> Callable[[str, Zone], object]:
    adapter: TypeAdapter[object] = TypeAdapter(kind)

    def read(cell: str, _: Zone) -> object:
        try:
            return adapter.validate_python(cell)
        except ValidationError as error:
            reason = error.errors(include_url=False, include_context=False, include_input=False)[0]["msg"]
            raise ValueError(reason.removeprefix("Value error, ")) from None

    return read


def _amount(cell: str, zone: Zone) -> object:
    """A comma before one or two last digits is a decimal comma: thousands come in threes."""
    comma = re.fullmatch(r"([0-9]+),([0-9]{1,2})", cell)
    return _AMOUNT(".".join(comma.groups()) if comma else cell, zone)


def _number(cell: str, zone: Zone) -> object:
    if re.fullmatch(r"[0-9](?:[.,][0-9]+)?[Ee]\+?[0-9]+", cell):
        message = "the spreadsheet has rounded this number; make the column text and enter it anew"
        raise ValueError(message)
    if re.search(r"[,;]", cell):
        message = "should be one number; give each a row of its own"
        raise ValueError(message)
    return _NUMBER(cell, zone)


def _country(cell: str, zone: Zone) -> object:
    return _COUNTRY(cell.upper(), zone)


def _flag(cell: str, _: Zone) -> object:
    if cell.casefold() not in _FLAGS:
        message = "should be yes or no"
        raise ValueError(message)
    return _FLAGS[cell.casefold()]


def _tags(cell: str, _: Zone) -> object:
    return [tag.strip() for tag in cell.split(",") if tag.strip()]


def _moment(cell: str, zone: Zone) -> object:
    """An instant, as text. A date stays within its day wherever it is read: it counts as noon."""
    # `2026-05-18 10:15:00 +0200`, as shops export it
    text = re.sub(r"\s+(?=[+-][0-9]{2}:?[0-9]{2}$)", "", cell)
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return to_text(date_only(date.fromisoformat(text), zone).occurred_at)
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = "should be a date such as 2026-05-18, or a date and time such as 2026-05-18 10:15"
        raise ValueError(message) from None
    if moment.tzinfo:
        return to_text(moment)
    if zone is None:
        message = "has neither an offset nor a zone; give one for all with --zone"
        raise ValueError(message)
    return to_text(wall_clock(moment, zone).occurred_at)


def _day(cell: str, _: Zone) -> object:
    try:
        return {"day": date.fromisoformat(cell).isoformat()}
    except ValueError:
        message = "should be a date, such as 2026-05-18"
        raise ValueError(message) from None


_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_AMOUNT, _NUMBER, _COUNTRY = _plain(types.Amount), _plain(types.Number), _plain(types.Country)
_KEY, _WORDS, _LINK, _COUNT = _plain(types.Key), _plain(types.Words), _plain(types.Link), _plain(types.Count)
_CURRENCY, _MAIL, _LOCALE = _plain(types.Currency), _plain(types.Mail), _plain(types.Locale)

COLUMNS = (
    Column("order_number", Part.NAME, _KEY, "order, order no, order name"),
    Column("order_id", Part.NAME, _KEY),
    Column("placed_at", Part.ORDER, _moment, "order date, date, created at"),
    Column("updated_at", Part.ORDER, _moment),
    Column("cancelled_at", Part.ORDER, _moment, "canceled at"),
    Column("first_name", Part.ORDER, _WORDS),
    Column("last_name", Part.ORDER, _WORDS),
    Column("email", Part.ORDER, _MAIL, "e-mail, email address"),
    Column("phone", Part.ORDER, _WORDS),
    Column("locale", Part.ORDER, _LOCALE, "language"),
    Column("recipient_first_name", Part.ORDER, _WORDS, "shipping first name"),
    Column("recipient_last_name", Part.ORDER, _WORDS, "shipping last name"),
    Column("city", Part.ORDER, _WORDS, "shipping city"),
    Column("region", Part.ORDER, _WORDS, "state, province"),
    Column("postal_code", Part.ORDER, _WORDS, "postcode, zip, zip code"),
    Column("country", Part.ORDER, _country, "country code"),
    Column("promised_on", Part.ORDER, _day, "delivery date"),
    Column("currency", Part.ORDER, _CURRENCY),
    Column("total", Part.ORDER, _amount, "order total"),
    Column("customer_id", Part.ORDER, _WORDS),
    Column("marketing_consent", Part.ORDER, _flag, "accepts marketing"),
    Column("tags", Part.ORDER, _tags),
    Column("line_id", Part.LINE, _KEY),
    Column("title", Part.LINE, _WORDS, "item, item name, product, product name"),
    Column("variant", Part.LINE, _WORDS),
    Column("sku", Part.LINE, _WORDS),
    Column("product_id", Part.LINE, _WORDS),
    Column("quantity", Part.LINE, _COUNT, "qty"),
    Column("price", Part.LINE, _amount, "item price"),
    Column("image_url", Part.LINE, _LINK),
    Column("product_url", Part.LINE, _LINK),
    Column("tracking_number", Part.PARCEL, _number, "tracking, tracking no, tracking code"),
    Column("carrier", Part.PARCEL, _WORDS, "shipping carrier, shipping company"),
    Column("tracking_url", Part.PARCEL, _LINK, "tracking link"),
    Column("shipped_at", Part.PARCEL, _moment, "ship date, date shipped"),
)
COLUMN = {column.name: column for column in COLUMNS}
KNOWN = {squeezed(name): one.name for one in COLUMNS for name in (one.name, *one.also.split(",")) if name}
