"""Australia Post and StarTrack: polled through Track Items of the Shipping and Tracking API; it pushes nothing.

https://developers.auspost.com.au/apis/shipping-and-tracking/reference/track-items, and .../reference-statuses for both
lists of statuses. Track Items may be called ten times a minute.

* Basic authentication with API key and password, and the account in `Account-Number`.
* Every time is printed with its offset, always that of Melbourne, wherever the scan was.
* Scans have no code, only one of the network's fixed wordings, the names of the statuses among them; some go on with a
  facility (`HEADS`). A wording that is not listed stays unknown; then the article's status says where the parcel is.
* The status `In transit` covers everything from the first scan to the last, so a scan says more.
* An article may stand one level deeper, inside its consignment. A consignment of several gives one update for each.
* A place is a suburb with its state, a foreign post's own words, or the words `Transit Scan`, which are none.
"""

import string
from base64 import b64encode
from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import quote

from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, printed_time, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, newest, tracking_event
from porchlight.domain.zones import ZONE_OF_REGION

STATUS_OF: dict[str, Reading] = {  # of an article, then of StarTrack's freight
    "created": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "sealed": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "initiated": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "unsuccessful pickup": (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED),
    "in transit": (Status.IN_TRANSIT, SubStatus.NONE),
    "awaiting collection": (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT),
    "delivered": (Status.DELIVERED, SubStatus.NONE),
    "possible delay": (Status.EXCEPTION, SubStatus.DELAYED),
    "article damaged": (Status.EXCEPTION, SubStatus.DAMAGED),
    "held by courier": (Status.EXCEPTION, SubStatus.HELD),
    "cannot be delivered": (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM),  # as addressed
    "cancelled": (Status.CANCELLED, SubStatus.NONE),
    "incomplete": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "unconfirmed": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "confirmed": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "ready for pickup": (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER),  # by the carrier
    "deleted": (Status.CANCELLED, SubStatus.NONE),
    "partial pickup": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "picked up": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "at delivery depot": (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT),
    "booked in": (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED),
    "re-consigned": (Status.IN_TRANSIT, SubStatus.FORWARDED),
    "to be re-delivered": (Status.IN_TRANSIT, SubStatus.RESCHEDULED),
    "partial delivery": (Status.IN_TRANSIT, SubStatus.NONE),
    "on board for delivery": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "item delivered": (Status.DELIVERED, SubStatus.NONE),
    "delivered in full": (Status.DELIVERED, SubStatus.NONE),
    "unsuccessful delivery": (Status.EXCEPTION, SubStatus.UNDELIVERABLE),
    "final shortage": (Status.EXCEPTION, SubStatus.UNDELIVERABLE),
}
SCAN_OF: dict[str, Reading] = STATUS_OF | {
    "shipment information received": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "shipping information received by australia post": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "shipping information approved by australia post": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "received by australia post": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "received item from sender (outbound)": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "received and ready for processing": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "arrived at facility": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "arrived at sorting facility": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "item processed at facility": (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY),
    "processed at export facility": (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY),
    "despatch parcels from export facility": (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY),
    "processed by air carrier": (Status.IN_TRANSIT, SubStatus.NONE),
    "cleared and awaiting international departure": (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY),
    "arrived awaiting clearance (inbound)": (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED),
    "item is in customs": (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED),
    "item cleared by customs": (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED),
    "onboard for delivery": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "attempted delivery - unable to gain access": (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS),
    "delivered - left in a safe place": (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE),
    "return to sender": (Status.RETURN_TO_SENDER, SubStatus.NONE),
    "returned to sender": (Status.RETURN_TO_SENDER, SubStatus.NONE),
}
HEADS: dict[str, Reading] = {  # beginnings of wordings that go on with a place or a reason
    "in transit to next facility": (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY),
    "arrived at facility in ": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "arrived in ": (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY),
    "awaiting collection": (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT),
    "attempted delivery": (Status.DELIVERY_ATTEMPTED, SubStatus.NONE),
}
HTTP_STATUS_OF = {"ESB-10001": 404, "ESB-10002": 404, "51104": 404, "ESB-20010": 500, "ESB-20050": 500}
CODE, HOST = "australia_post", "https://digitalapi.auspost.com.au"
NOWHERE = "Transit Scan"


class _Event(Vendor):
    description: Text = ""
    location: Text = ""
    date: Text = ""


class _Article(Vendor):
    id: Text = at("article_id", "consignment_id")
    status: Text = ""
    events: Many[_Event] = ()
    items: Many["_Article"] = ()

    def leaves(self) -> Iterator["_Article"]:
        if not self.items:
            yield self
        for item in self.items:
            yield from item.leaves()


class _Problem(Vendor):
    code: Text = at("code", "error_code")


class _Result(Vendor):
    id: Text = at("tracking_id")
    status: Text = ""
    articles: Many[_Article] = at("trackable_items", default=())
    errors: Many[_Problem] = ()


class _Answer(Vendor):
    results: Many[_Result] = at("tracking_results", default=())
    errors: Many[_Problem] = ()


class AustraliaPost(Keyed, PollOnly):
    """The plug-in."""

    code = CODE
    name = "Australia Post"
    credential_fields = ("api_key", "password", "account_number")
    budget = Budget(calls=10, seconds=60)
    readings = STATUS_OF | {f"scan: {wording}": reading for wording, reading in (SCAN_OF | HEADS).items()}
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One article or consignment."""
        key = b64encode(f"{credentials['api_key']}:{credentials['password']}".encode()).decode()
        number = quote(parcel.tracking_number, safe="")
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}/shipping/v1/track?tracking_ids={number}",
            headers={
                "Authorization": f"Basic {key}",
                "Account-Number": quote(credentials["account_number"], safe=string.punctuation),
                "Accept": "application/json",
            },
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; a number in error is left out while another is known."""
        answer = read_document(CODE, _Answer, body)
        good = [result for result in answer.results if not result.errors]
        found = [update for result in good for update in _updates(result, received_at)]
        if found:
            return found
        problems = [*answer.errors, *(problem for result in answer.results for problem in result.errors)]
        for problem in problems:
            raise refusal(CODE, HTTP_STATUS_OF.get(problem.code, 400))
        raise MalformedPayloadError(CODE, "tracking_results", "none")


PLUGIN = AustraliaPost()


def _updates(result: _Result, received_at: datetime) -> Iterator[TrackingUpdate]:
    leaves = [leaf for article in result.articles for leaf in article.leaves()] or [_Article()]
    for leaf in leaves:
        number = result.id if len(leaves) == 1 else leaf.id
        summary = STATUS_OF.get((leaf.status or result.status).casefold(), UNKNOWN)
        events = tuple(_event(event, received_at) for event in leaf.events)
        if summary[0] is Status.IN_TRANSIT and newest(events):
            summary = UNKNOWN
        yield carrier_update(CODE, number, summary, events, None, received_at=received_at)


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    if not event.description:
        raise MalformedPayloadError(CODE, "events.description", "empty")
    place = _place(event.location)
    status, sub_status = _reading(event.description)
    return tracking_event(
        CODE,
        printed_time(event.date, place, received_at),
        status=status,
        sub_status=sub_status,
        description=event.description,
        place=place,
    )


def _reading(description: str) -> Reading:
    words = " ".join(description.casefold().split())
    head = next((reading for head, reading in HEADS.items() if words.startswith(head)), UNKNOWN)
    return SCAN_OF.get(words, head)


def _place(location: str) -> Place:
    city, _, region = location.rpartition(" ")
    if city and ("AU", region) in ZONE_OF_REGION:
        return Place(city=city, region=region, country="AU")
    return Place(city="" if location == NOWHERE else location)
