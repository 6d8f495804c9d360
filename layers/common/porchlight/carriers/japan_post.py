"""Japan Post: polled through its public tracking page in English, as it offers merchants no machine interface.

https://trackings.post.japanpost.jp/services/srv/search/?locale=en. Contract customers get files, not answers.

* The page wants no key. The connection's `contact` (an address or a site) goes into the User-Agent, so that Japan Post
  sees who asks; ask gently.
* The table `履歴情報` is the history: each scan is a row with date, wording, office and prefecture or country, followed
  by a row with the post code, which is not read. The wording's cell has the class `w_150`; only the office leaves
  room for the post code below it.
* Wordings are a fixed list; the international ones are the UPU's (EMA to EMI and their kin). Others stay unknown.
* The page in Japanese, which we do not ask for, is read as well; it writes the year first.
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
    "arrival at collection point for pick-up": (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT),
    "held at inward office of exchange": (Status.EXCEPTION, SubStatus.HELD),
    "held at outward office of exchange": (Status.EXCEPTION, SubStatus.HELD),
    "held by export customs": (Status.EXCEPTION, SubStatus.CUSTOMS_HELD),
    "item into sorting centre": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "item out of sorting centre": (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY),
    "item presented to export customs": (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED),
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
    "unsuccessful delivery": (Status.DELIVERY_ATTEMPTED, SubStatus.NONE),
    "retention": (Status.EXCEPTION, SubStatus.HELD),
    "final delivery": (Status.DELIVERED, SubStatus.NONE),
    "return to sender": (Status.RETURN_TO_SENDER, SubStatus.NONE),
    "returned to sender": (Status.RETURNED, SubStatus.NONE),
}
STATUS_OF |= {  # the page in Japanese
    "引受": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "通過": (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY),
    "中継": (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY),
    "到着": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "発送": (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY),
    "国際交換局に到着": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "国際交換局から発送": (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY),
    "税関検査のため税関へ提示": (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED),
    "通関手続中": (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED),
    "税関から受領": (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED),
    "転送": (Status.IN_TRANSIT, SubStatus.FORWARDED),
    "再配達希望受付": (Status.IN_TRANSIT, SubStatus.RESCHEDULED),
    "持ち出し中": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "ご不在のため持ち戻り": (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME),
    "保管": (Status.EXCEPTION, SubStatus.HELD),
    "調査中": (Status.EXCEPTION, SubStatus.NONE),
    "お届け先にお届け済み": (Status.DELIVERED, SubStatus.NONE),
    "窓口でお渡し": (Status.DELIVERED, SubStatus.COLLECTED),
    "返送": (Status.RETURN_TO_SENDER, SubStatus.NONE),
    "差出人に返送済み": (Status.RETURNED, SubStatus.NONE),
}
_PREFECTURES = """
AICHI AKITA AOMORI CHIBA EHIME FUKUI FUKUOKA FUKUSHIMA GIFU GUNMA HIROSHIMA HOKKAIDO HYOGO IBARAKI ISHIKAWA IWATE KAGAWA
KAGOSHIMA KANAGAWA KOCHI KUMAMOTO KYOTO MIE MIYAGI MIYAZAKI NAGANO NAGASAKI NARA NIIGATA OITA OKAYAMA OKINAWA OSAKA SAGA
SAITAMA SHIGA SHIMANE SHIZUOKA TOCHIGI TOKUSHIMA TOKYO TOTTORI TOYAMA WAKAYAMA YAMAGATA YAMAGUCHI YAMANASHI
"""
PREFECTURES = frozenset(_PREFECTURES.split())
PREFECTURE_ENDS = ("都", "道", "府", "県")
CODE, HOST = "japan_post", "https://trackings.post.japanpost.jp"
HISTORY, DETAILS = "履歴情報", "配達状況詳細"
NOT_FOUND = ("your item was not found", "お問い合わせ番号が見つかりません")
_NUMBER = re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}|\d{11,13}")
_MOMENT = re.compile(r"(?P<month>\d\d)/(?P<day>\d\d)/(?P<year>\d{4})(?: (?P<time>\d\d:\d\d))?")
_JAPANESE = re.compile(r"(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)(?: (?P<time>\d\d:\d\d))?")

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
            if any(sentence in " ".join(page.text.casefold().split()) for sentence in NOT_FOUND):
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
    domestic = region.upper() in PREFECTURES or region.endswith(PREFECTURE_ENDS)
    country = "JP" if domestic else country_code(region) or country_code(office)
    place = Place(city=office, region=region if domestic or not country_code(region) else "", country=country)
    status, sub_status = STATUS_OF.get(wording.casefold().rstrip(" ."), UNKNOWN)
    return tracking_event(
        CODE,
        _when(row, place, received_at),
        status=status,
        sub_status=sub_status,
        description=wording,
        place=place,
    )


def _when(row: list[Cell], place: Place, received_at: datetime) -> EventTime:
    written = (_MOMENT.fullmatch(text) or _JAPANESE.fullmatch(text) for *_, text in row)
    found = next(filter(None, written), None)
    time = found["time"] if found else None
    moment = digits("".join(found.group("year", "month", "day")), f"{time or '00:00'}:00") if found else None
    if moment is None:
        return missing(received_at)
    zone = zone_of(place)
    return plausible(wall_clock(moment, zone) if time else date_only(moment.date(), zone), received_at)
