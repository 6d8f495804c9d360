"""What aggregators have in common: parcels that others move, JSON calls, times that may be mere days.

Not a plug-in: it knows no vendor.
"""

import json
import re
import string
from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from porchlight.carriers._clock import iso_time
from porchlight.carriers._countries import TWO_LETTERS
from porchlight.domain.carrier_names import NAME_OF, carrier_named
from porchlight.domain.codes import Reading, stated
from porchlight.domain.errors import MalformedPayloadError, UnknownParcelError
from porchlight.domain.exchange import HttpRequest, ParcelQuery
from porchlight.domain.times import EventTime
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, normal_number
from porchlight.domain.zones import ZONE_OF_REGION

_DAY = len("YYYY-MM-DD")
_WORD_LIMIT = 40
_AMERICAN = re.compile(r"(?P<city>[^,]+), (?P<state>[A-Z]{2}) (?P<zip>[0-9]{5})(?:-[0-9]{4})?")


def words_back(word_of: Mapping[str, str], others: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our code for each word of a vendor: its `word_of` turned round, and more words by code in `others`."""
    listed = {word.casefold(): code for code, word in word_of.items()}
    return listed | {word: code for code, words in (others or {}).items() for word in words.split()}


def mover(vendor: str, word: str, listed: Mapping[str, str]) -> str:
    """Our code of the carrier a vendor calls so: its own word in lower case when we have none, `vendor` for none."""
    lower = " ".join(word.casefold().split())[:_WORD_LIMIT]
    return listed.get(lower) or carrier_named(lower) or lower or vendor


def word_for(vendor: str, parcel: ParcelQuery, word_of: Mapping[str, str]) -> str:
    """What a vendor that must be told the carrier calls it; one we have no code for goes by the vendor's own word.

    Raises:
        UnknownParcelError: Nobody knows the carrier, or this vendor does not follow it.
    """
    word = word_of.get(parcel.carrier, "" if parcel.carrier in NAME_OF else parcel.carrier)
    if not word:
        message = f"{vendor} must be told the carrier, and it is unknown or not followed there"
        raise UnknownParcelError(message)
    return word


def moved_update(  # noqa: PLR0913 what an update is made of
    vendor: str,
    carrier: str,
    number: str,
    summary: Reading,
    events: tuple[TrackingEvent, ...],
    *,
    estimate: Estimate | None,
    reported_at: datetime,
) -> TrackingUpdate:
    """What an aggregator says about a parcel. Raises `MalformedPayloadError` when it does not say about which one."""
    if not normal_number(number):
        raise MalformedPayloadError(vendor, "tracking number", "empty")
    status, sub_status = stated(summary, events)
    return TrackingUpdate(
        tracking_number=normal_number(number),
        carrier=carrier,
        source=vendor,
        status=status,
        sub_status=sub_status,
        estimate=estimate,
        reported_at=reported_at,
        events=events,
    )


def place_in(words: str) -> Place:
    """The parts of `City, Region, Country`, `City, Country` or `City, ST 12345`; any other line in place of the city.

    Two letters that are a country and also a state (`CA`, `DE`) are only taken for a country behind a region.
    """
    american = _AMERICAN.fullmatch(words)
    if american and ("US", american["state"]) in ZONE_OF_REGION:
        return Place(city=american["city"], region=american["state"], postal_code=american["zip"], country="US")
    city, *region, country = ("", *(part.strip() for part in words.split(",")))[-3:]
    is_state = any(country == code for _, code in ZONE_OF_REGION)
    if country not in TWO_LETTERS or not any(region) or (is_state and not city):
        return Place(city=words)
    return Place(city=city or region[0], region=region[0] if city else "", country=country)


def day_or_time(text: str, place: Place, received_at: datetime) -> EventTime:
    """Read ISO 8601 that may be a day, a wall clock at `place` or an instant."""
    return iso_time(f"{text}T00:00:00" if len(text) == _DAY else text, place, received_at)


def header_text(secret: str) -> str:
    """A key as it can stand in a header: what is not plain ASCII is percent-encoded, so that it is merely refused."""
    return quote(secret, safe=string.punctuation)


def json_call(method: Literal["POST", "PUT"], url: str, headers: Mapping[str, str], content: object) -> HttpRequest:
    """A call with a JSON body."""
    return HttpRequest(
        method=method,
        url=url,
        headers={**headers, "Content-Type": "application/json"},
        body=json.dumps(content).encode(),
    )
