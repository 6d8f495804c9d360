"""Japan Post: polled through its public tracking page in English, as it offers merchants no machine interface.

https://trackings.post.japanpost.jp/services/srv/search/?locale=en. Contract customers get files, not answers.

* The page wants no key. The connection's `contact` (an address or a site) goes into the User-Agent, so that Japan Post
  sees who asks; ask gently.
* The table `履歴情報` is the history: each scan is a row with date, wording, office and prefecture or country, followed
  by a row with the post code, which is not read. The wording's cell has the class `w_150`; only the office leaves
  room for the post code below it.
* Wordings are a fixed list; the international ones are the UPU's (EMA to EMI and their kin). Others stay unknown.
* Times are the wall clock at the scan, abroad too; some scans have only a day.
* A page that is cut off, or has neither a history nor the sentence for an unknown number, is a failure.
"""

import re
import string
from datetime import date, datetime
from html.parser import HTMLParser
from urllib.parse import quote

from porchlight.carriers._clock import digits
from porchlight.carriers._country_names import country_code
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.domain.codes import UNKNOWN, Reading, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime, date_only, missing, plausible, wall_clock
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.zones import zone_of

STATUS_OF: dict[str, Reading] = {  # lower case, without the last full stop
    "posting/collection": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "collection": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "en route": (Status.IN_TRANSIT, SubStatus.NONE),
    "arrival": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "departure": (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY),
    "arrival at outward office of exchange": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "dispatch from outward office of exchange": (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY),
    "departure from outward office of exchange": (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY),
    "arrival at transit office of exchange": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "departure from transit office of exchange": (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY),
    "arrival at inward office of exchange": (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY),
    "departure from inward office of exchange": (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY),
    "item presented to import customs": (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED),
    "in customs": (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED),
    "item returned from import customs": (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED),
    "held by import customs": (Status.EXCEPTION, SubStatus.CUSTOMS_HELD),
    "held by customs": (Status.EXCEPTION, SubStatus.CUSTOMS_HELD),
    "processing at delivery post office": (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT),
    "arrival at delivery office": (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT),
    "allocated to delivery staff": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "item out for physical delivery": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "absence. attempted delivery": (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME),
    "office closed. retention": (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED),
    "a request for re-delivery was received": (Status.IN_TRANSIT, SubStatus.RESCHEDULED),
    "retention": (Status.EXCEPTION, SubStatus.HELD),
    "final delivery": (Status.DELIVERED, SubStatus.NONE),
    "return to sender": (Status.RETURN_TO_SENDER, SubStatus.NONE),
    "returned to sender": (Status.RETURNED, SubStatus.NONE),
}
_PREFECTURES = """
AICHI AKITA AOMORI CHIBA EHIME FUKUI FUKUOKA FUKUSHIMA GIFU GUNMA HIROSHIMA HOKKAIDO HYOGO IBARAKI ISHIKAWA IWATE KAGAWA
KAGOSHIMA KANAGAWA KOCHI KUMAMOTO KYOTO MIE MIYAGI MIYAZAKI NAGANO NAGASAKI NARA NIIGATA OITA OKAYAMA OKINAWA OSAKA SAGA
SAITAMA SHIGA SHIMANE SHIZUOKA TOCHIGI TOKUSHIMA TOKYO TOTTORI TOYAMA WAKAYAMA YAMAGATA YAMAGUCHI YAMANASHI
"""
PREFECTURES = frozenset(_PREFECTURES.split())
CODE, HOST = "japan_post", "https://trackings.post.japanpost.jp"
HISTORY, DETAILS = "履歴情報", "配達状況詳細"
NOT_FOUND = "your item was not found"
_NUMBER = re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}|\d{11,13}")
_MOMENT = re.compile(r"(\d\d)/(\d\d)/(\d{4})(?: (\d\d):(\d\d))?")

Cell = tuple[str, bool, str]
"""Class, whether it spans the post code's row too, and text."""


class _Page(HTMLParser):
    """Collects the cells of each row, by the summary of their table, and all text."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, list[list[Cell]]] = {}
        self.text = ""
        self._table = ""
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "table":
            self._table = named.get("summary", "")
        elif tag == "tr":
            self.rows.setdefault(self._table, []).append([])
        elif tag == "td" and self.rows.get(self._table):
            self._cell = []
            self.rows[self._table][-1].append((named.get("class", ""), "rowspan" in named, ""))

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "td" and self._cell is not None and self.rows.get(self._table) and self.rows[self._table][-1]:
            kind, spans, _ = self.rows[self._table][-1].pop()
            self.rows[self._table][-1].append((kind, spans, " ".join("".join(self._cell).split())))
            self._cell = None


class JapanPost(Keyed, PollOnly):
    """The plug-in."""

    code = CODE
    name = "Japan Post"
    credential_fields = ("contact",)
    budget = Budget(calls=10, seconds=60)  # ours: a public page is not an interface
    readings = STATUS_OF
    clock = Clock.PLACE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """The page of one item, in English."""
        number = quote(parcel.tracking_number, safe="")
        contact = quote(credentials["contact"], safe=string.punctuation)
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}/services/srv/search/direct?reqCodeNo1={number}&locale=en",
            headers={"Accept": "text/html", "User-Agent": f"porchlight (+{contact})"},
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read the page."""
        page = _read(body)
        history = [row for row in page.rows.get(HISTORY, []) if _wording(row)]
        if not history:
            if NOT_FOUND in " ".join(page.text.casefold().split()):
                raise refusal(CODE, 404)
            raise MalformedPayloadError(CODE, "body", "no history in the page")
        events = tuple(_event(row, received_at) for row in history)
        return [carrier_update(CODE, _number(page), UNKNOWN, events, None, received_at=received_at)]


PLUGIN = JapanPost()


def _read(body: bytes) -> _Page:
    try:
        text = body.decode().rstrip()
    except UnicodeDecodeError as error:
        raise MalformedPayloadError(CODE, "body", "not UTF-8") from error
    if not text.casefold().endswith("</html>"):
        raise MalformedPayloadError(CODE, "body", "no page, or not the whole of it")
    page = _Page()
    try:
        page.feed(text)
    except AssertionError as error:  # how the parser meets a declaration it does not know
        raise MalformedPayloadError(CODE, "body", "no HTML") from error
    return page


def _number(page: _Page) -> str:
    texts = ("".join(one for one in text if one.isalnum()) for row in page.rows.get(DETAILS, []) for *_, text in row)
    return next((text for text in texts if _NUMBER.fullmatch(text)), "")


def _wording(row: list[Cell]) -> str:
    return next((text for kind, _, text in row if kind == "w_150"), "")


def _event(row: list[Cell], received_at: datetime) -> TrackingEvent:
    wording = _wording(row)
    office = next((text for _, spans, text in row if not spans), "")
    region = next((text for _, spans, text in reversed(row) if spans), "")
    domestic = region.upper() in PREFECTURES
    country = "JP" if domestic else country_code(region) or country_code(office)
    place = Place(city=office, region=region if domestic or not country_code(region) else "", country=country)
    status, sub_status = STATUS_OF.get(wording.casefold().rstrip(" ."), UNKNOWN)
    return tracking_event(
        CODE,
        _when(next((text for *_, text in row if _MOMENT.fullmatch(text)), ""), place, received_at),
        status=status,
        sub_status=sub_status,
        description=wording,
        place=place,
    )


def _when(text: str, place: Place, received_at: datetime) -> EventTime:
    month, day, year, hour, minute = _MOMENT.sub(r"\1 \2 \3 \4 \5", text).split(" ") if text else ("", "", "", "", "")
    moment = digits(f"{year}{month}{day}", f"{hour}{minute}00")
    if moment is None:
        return missing(received_at)
    zone = zone_of(place)
    return plausible(wall_clock(moment, zone) if hour else date_only(moment.date(), zone), received_at)
