"""Orders as the API would answer them: the real view of the real fold of what stores and carriers say."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from porchlight.domain.banners import BannerView
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.orders import Person
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.storm_view import StormView
from porchlight.domain.times import date_only, missing, wall_clock
from porchlight.domain.tracking import Place
from porchlight.domain.view import TrackingView, tracking_view

from tests.builders import NOW, at, expected, folded, packing, scan, snapshot, tracked

LINK = "https://carrier.example/track/"
A, B, C = "1Z0000000001", "1Z0000000002", "1Z0000000003"

LATE_IN_SUVA = datetime(2026, 3, 9, 23, 55)  # noqa: DTZ001 as carriers print it
JOURNEY = Journey(
    touchpoints=(
        Touchpoint(
            id="stalled",
            trigger=Trigger.SILENCE,
            channels=("email",),
            fresh_for=timedelta(days=3),
            no_scan_for={Status.IN_TRANSIT: timedelta(hours=36)},
        ),
    )
)

PACKED = scan(
    "2026-03-10T09:30:00+00:00", Status.PRE_TRANSIT, SubStatus.LABEL_CREATED, "Shipper created a label", "Bristol"
)
ACCEPTED = scan("2026-03-10T18:05:00+00:00", Status.IN_TRANSIT, SubStatus.ACCEPTED, "Origin scan", "Bristol")
DEPARTED = scan(
    "2026-03-10T23:40:00+00:00", Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY, "Departed from facility", "Bristol"
)
ARRIVED = scan(
    "2026-03-11T04:10:00+01:00", Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY, "Arrived at facility", "Cologne"
)
DEPOT = scan(
    "2026-03-12T06:02:00+01:00", Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT, "Arrived at delivery depot", "Berlin"
)
OUT = scan("2026-03-12T08:15:00+01:00", Status.OUT_FOR_DELIVERY, SubStatus.NONE, "Loaded on delivery vehicle", "Berlin")
ROAD = (PACKED, ACCEPTED, DEPARTED, ARRIVED, DEPOT)


def view(state: OrderState, *checked: str, now: datetime = NOW) -> TrackingView:
    """What the API answers; these parcels were asked about twelve minutes ago."""
    return tracking_view(state, JOURNEY, dict.fromkeys(checked, now - timedelta(minutes=12)), now)


def multi() -> TrackingView:
    """Three parcels: arrived, on the van with a new date, on its way; nothing left to pack."""
    home = scan(
        "2026-03-11T11:20:00+01:00", Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR, "Left with neighbour", "Berlin"
    )
    state = folded(
        snapshot(),
        packing(A, "1", url=LINK + A),
        packing(B, "2", url=LINK + B),
        packing(C, "3", url=LINK + C),
        tracked(A, *ROAD[:4], home),
        tracked(B, PACKED, estimate=expected("2026-03-11"), at_=at("2026-03-10T10:00:00+00:00")),
        tracked(B, *ROAD, OUT, estimate=expected("2026-03-12", "15:00", "18:00")),
        tracked(C, *ROAD[:4], estimate=expected("2026-03-13")),
    )
    return view(state, A, B, C)


def shared() -> TrackingView:
    """One packing spread over two parcels, the second of them further; a third parcel holds its own."""
    spread = packing(A, "1", "2", url=LINK + A)
    spread = spread.model_copy(update={"parcels": (*spread.parcels, *packing(B, url=LINK + B).parcels)})
    austin = scan("2026-03-11T18:40:00-05:00", Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY, city="Austin")
    austin = austin.model_copy(update={"place": Place(city="Austin", region="TX", country="US")})
    state = folded(
        snapshot(),
        spread,
        packing(C, "3", url=LINK + C),
        tracked(A, PACKED, ACCEPTED, austin),
        tracked(B, *ROAD, OUT, estimate=expected("2026-03-12", "15:00", "18:00")),
        tracked(C, *ROAD[:4], estimate=expected("2026-03-13")),
    )
    return view(state, A, B, C)


def exception() -> TrackingView:
    """One parcel with a wrong address."""
    stop = scan(
        "2026-03-12T09:50:00+01:00",
        Status.EXCEPTION,
        SubStatus.ADDRESS_PROBLEM,
        "The house number is missing",
        "Berlin",
    )
    state = folded(
        snapshot(),
        packing(A, "1", "2", "3", url=LINK + A),
        tracked(A, *ROAD, OUT, stop, estimate=expected("2026-03-10")),
    )
    return view(state, A)


def weather() -> TrackingView:
    """An exception that asks nothing of the shopper."""
    stop = scan("2026-03-12T09:50:00+01:00", Status.EXCEPTION, SubStatus.WEATHER, "Severe weather", "Berlin")
    return view(folded(snapshot(), packing(A, "1", "2", "3"), tracked(A, *ROAD, stop)), A)


def pickup() -> TrackingView:
    """Waiting at a pickup point."""
    there = scan(
        "2026-03-12T10:00:00+01:00", Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT, "At access point", "Berlin"
    )
    return view(folded(snapshot(), packing(A, "1", "2", "3", url=LINK + A), tracked(A, *ROAD, there)), A)


def attempted() -> TrackingView:
    """The courier found nobody."""
    tried = scan(
        "2026-03-12T10:00:00+01:00", Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME, "Receiver not in", "Berlin"
    )
    return view(folded(snapshot(), packing(A, "1", "2", "3", url=LINK + A), tracked(A, *ROAD, OUT, tried)), A)


def silent() -> TrackingView:
    """No scan for 41 hours."""
    return view(
        folded(snapshot(), packing(A, "1", "2", "3"), tracked(A, PACKED, ACCEPTED)),
        A,
        now=at("2026-03-12T11:05:00+00:00"),
    )


def silent_since_a_day() -> TrackingView:
    """The same silence after a scan whose carrier prints no time of day."""
    seen = scan(date_only(date(2026, 3, 10), "Europe/Berlin"), Status.IN_TRANSIT, SubStatus.ACCEPTED, "Accepted")
    return view(folded(snapshot(), packing(A, "1", "2", "3"), tracked(A, seen)), A)


def delivered() -> TrackingView:
    """Everything has arrived, in one parcel."""
    home = scan(
        "2026-03-12T13:41:00+01:00", Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE, "Delivered to porch", "Berlin"
    )
    return view(folded(snapshot(), packing(A, "1", "2", "3", url=LINK + A), tracked(A, *ROAD, OUT, home)), A)


def waiting() -> TrackingView:
    """One parcel on its way, two lines still to be packed."""
    return view(
        folded(snapshot(), packing(A, "1"), tracked(A, *ROAD, estimate=expected("2026-03-13", None, "18:00"))), A
    )


def unpacked() -> TrackingView:
    """Nothing packed yet."""
    return view(folded(snapshot()))


def untracked() -> TrackingView:
    """Everything left, and nothing has a number."""
    return view(folded(snapshot(), packing(A, "1", "2", "3").model_copy(update={"parcels": ()})))


def cancelled() -> TrackingView:
    """Cancelled before anything left."""
    return view(folded(snapshot(cancelled_at=NOW)))


def hostile() -> TrackingView:
    """Markup wherever a vendor can put words."""
    evil = "<img src=x onerror=\"document.title='owned'\"><b>bold</b> https://evil.example"
    items = tuple(
        item.model_copy(update={"title": evil, "product_url": "javascript:alert(1)"}) for item in snapshot().items
    )
    known = scan("2026-03-12T10:00:00+01:00", Status.IN_TRANSIT, SubStatus.NONE, evil, evil)
    unknown = scan("2026-03-12T11:00:00+01:00", Status.UNKNOWN, SubStatus.NONE, evil)
    state = folded(
        snapshot(items=items, number=evil),
        packing(A, "1", "2", "3", name=evil, url="javascript:alert(1)"),
        tracked(A, known, unknown),
    )
    return view(state)


def arabic() -> TrackingView:
    """The three parcels, for a shopper who reads Arabic."""
    return multi().model_copy(update={"locale": "ar-AE"})


def times() -> TrackingView:
    """One scan of each precision, on days that a careless cast would move."""
    state = folded(
        snapshot(),
        packing(A, "1", "2", "3"),
        tracked(
            A,
            scan(date_only(date(2026, 3, 8), None), Status.PRE_TRANSIT, SubStatus.LABEL_CREATED, "bare date", "Suva"),
            scan(wall_clock(LATE_IN_SUVA, None), Status.IN_TRANSIT, SubStatus.ACCEPTED, "no zone", "Suva"),
            scan("2026-03-11T00:10:00+13:00", Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY, "own offset", "Tonga"),
            scan("2026-03-11T12:30:00+00:00", Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY, "zero offset"),
            scan(missing(datetime(2026, 3, 12, 12, 0, tzinfo=UTC)), Status.IN_TRANSIT, SubStatus.FORWARDED, "no time"),
            estimate=expected("2026-03-14"),
        ),
    )
    return view(state)


def unknown() -> TrackingView:
    """A parcel of which only a word we do not know has been heard."""
    return view(
        folded(
            snapshot(),
            packing(A, "1", "2", "3"),
            tracked(A, scan("2026-03-11T10:00:00+00:00", Status.UNKNOWN, SubStatus.NONE, "Zwischenstopp")),
        )
    )


def photographed() -> TrackingView:
    """The three parcels with pictures of what is in them."""
    items = tuple(
        item.model_copy(
            update={"image_url": f"https://shop.example/{item.line_id}.jpg", "product_url": "https://shop.example/"}
        )
        for item in snapshot().items
    )
    state = folded(
        snapshot(items=items, shopper=Person(locale="en-GB")),
        packing(A, "1"),
        tracked(A, *ROAD, OUT, estimate=expected("2026-03-12", "15:00", "18:00")),
    )
    return view(state, A)


def bannered() -> TrackingView:
    """The shop says two things above the parcel, one of them in markup."""
    hours = BannerView(
        text={"en": "We pack on Saturdays too.", "de-DE": "Wir packen auch samstags."}, url="https://shop.example/hours"
    )
    return delivered().model_copy(update={"banners": (hours, BannerView(text={"ar": "<b>أهلاً</b>"}))})


def stormy() -> TrackingView:
    """The parcel stands still with many others."""
    since = at("2026-03-10T12:00:00+00:00")
    storm = StormView(carrier_name="DHL", since=since, confirmed_at=NOW)
    return silent().model_copy(update={"storm": storm})


SCENES: dict[str, Callable[[], TrackingView]] = {
    scene.__name__: scene
    for scene in (
        multi, shared, exception, weather, pickup, attempted, silent, silent_since_a_day, delivered, waiting, unpacked,
        untracked, cancelled, hostile, arabic, times, unknown, photographed, bannered, stormy,
    )
}  # fmt: skip
"""By name, which is also the token that opens it in these tests."""
