"""Orders told in statements, for tests of what follows: hours count from the moment the order was placed.

`Story` plays what the pipeline does with the domain: it hears statements, looks at the order, and keeps the ledger.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st
from porchlight.config import read_journey
from porchlight.domain.decide import Plan, decide
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import (
    Edit,
    FulfilmentEvent,
    FulfilmentSnapshot,
    HoldReason,
    HoldSnapshot,
    PackedItem,
    Parcel,
    Refund,
    ReturnSnapshot,
    ReturnState,
)
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.ledger import Decision, Outcome
from porchlight.domain.orders import Item, OrderSnapshot, Person
from porchlight.domain.purposes import Audience
from porchlight.domain.situation import Situation
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime, exact
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event

from tests.builders import NOTHING, Statement, heard, store_says

START = datetime.fromisoformat("2026-06-01T08:00:00+00:00")
"""A Monday."""
SHIPPED = read_journey(Path(__file__).parents[2] / "config" / "journeys.yaml")
JOURNEY = SHIPPED.model_copy(
    update={"touchpoints": tuple(one for one in SHIPPED.touchpoints if one.enabled and one.id != "processing_delay")}
)
"""What ships and is on, but for what every order gets that is never packed."""
ONE, TWO, THREE = "1Z001", "1Z002", "1Z003"


def hours(number: float) -> datetime:
    return START + timedelta(hours=number)


def order(*, updated: float = 0, items: int = 1, **changes: object) -> OrderSnapshot:
    base = OrderSnapshot(
        vendor_order_id="77",
        number="#1001",
        updated_at=hours(updated),
        placed_at=START,
        shopper=Person(first_name="Ada", email="ada@example.com", locale="en"),
        items=tuple(Item(line_id=str(line), title=f"Thing {line}") for line in range(1, items + 1)),
    )
    return base.model_copy(update=changes)


def fulfilment(
    *numbers: str,
    ident: str = "f1",
    lines: Iterable[int] = (1,),
    created: float = 1,
    updated: float = 1,
    cancelled: bool = False,
) -> FulfilmentSnapshot:
    return FulfilmentSnapshot(
        fulfilment_id=ident,
        created_at=hours(created),
        updated_at=hours(updated),
        cancelled=cancelled,
        parcels=tuple(Parcel(tracking_number=number, carrier="ups", carrier_name="UPS") for number in numbers),
        items=tuple(PackedItem(line_id=str(line)) for line in lines),
    )


def scan(
    when: float | EventTime,
    status: Status,
    sub: SubStatus = SubStatus.NONE,
    *,
    code: str = "",
    source: str = "ups",
    country: str = "",
) -> TrackingEvent:
    reading = when if isinstance(when, EventTime) else exact(hours(when))
    place = Place(country=country)
    return tracking_event(source, reading, status=status, sub_status=sub, code=code or f"{status}.{sub}", place=place)


def says(
    number: str,
    *scans: TrackingEvent,
    status: Status = Status.UNKNOWN,
    sub: SubStatus = SubStatus.NONE,
    estimate: date | None = None,
    heard: float = 500,
    source: str = "ups",
) -> TrackingUpdate:
    """A carrier's statement; without `status` it has no summary of its own."""
    return TrackingUpdate(
        tracking_number=number,
        carrier="ups",
        source=source,
        status=status,
        sub_status=sub,
        estimate=Estimate(day=estimate) if estimate else None,
        reported_at=hours(heard),
        events=scans,
    )


def parcel(*scans: TrackingEvent, status: Status = Status.UNKNOWN, heard_at: float = 500) -> ShipmentState:
    """The only parcel of an order after these scans."""
    statements = (store_says(order=order(), packed=[fulfilment(ONE)]), says(ONE, *scans, status=status, heard=heard_at))
    return fold(heard(statements)).shipments[0]


class Story:
    """One order, its ledger, and who looks at it when."""

    def __init__(self, *, journey: Journey = JOURNEY, reach: tuple[str, ...] = ("email",)) -> None:
        self.facts = NOTHING
        self.ledger: dict[str, Decision] = {}
        self.journey = journey
        self.reach = reach

    @property
    def situation(self) -> Situation:
        return Situation({Audience.SHOPPER: self.reach})

    @property
    def state(self) -> OrderState:
        return fold(self.facts)

    def hears(self, *statements: Statement) -> "Story":
        self.facts = heard(statements, self.facts)
        return self

    def looks(self, at: float) -> Plan:
        """Decide at this hour and write the ledger; a final row is never written again."""
        plan = decide(self.state, self.ledger, self.journey, self.situation, hours(at))
        for decision in plan.decisions:
            held = self.ledger.get(decision.decision_id)
            assert held is None or not held.is_final
            self.ledger[decision.decision_id] = decision
        return plan

    def outcomes(self) -> dict[str, Outcome]:
        return {key: decision.outcome for key, decision in self.ledger.items()}

    def sent(self) -> list[str]:
        """Touchpoints that were sent, in order of time."""
        sending = [one for one in self.ledger.values() if one.outcome is Outcome.SEND]
        return [one.touchpoint for one in sorted(sending, key=lambda one: one.decided_at)]


def only(ident: str, **changes: object) -> Journey:
    """The shipped journey with this one touchpoint, changed as said."""
    touchpoint = next(one for one in JOURNEY.touchpoints if one.id == ident)
    return Journey(version="test", touchpoints=(Touchpoint.model_validate({**touchpoint.model_dump(), **changes}),))


scans = st.builds(
    scan,
    st.integers(2, 40).map(float),
    st.sampled_from(Status),
    st.sampled_from([SubStatus.NONE, SubStatus.WEATHER, SubStatus.DEPARTED_FACILITY]),
    source=st.sampled_from(["ups", "easypost"]),
)
"""Scans that often share a moment, as date-only scans do."""

carrier_statements = st.builds(
    says,
    st.sampled_from([ONE, TWO, THREE]),
    status=st.sampled_from(Status),
    sub=st.sampled_from([SubStatus.NONE, SubStatus.WEATHER]),
    estimate=st.none() | st.dates(date(2026, 6, 2), date(2026, 6, 6)),
    heard=st.integers(2, 60).map(float),
    source=st.sampled_from(["ups", "easypost"]),
).flatmap(lambda base: st.lists(scans, max_size=4).map(lambda found: base.model_copy(update={"events": tuple(found)})))

store_statements = st.one_of(
    st.builds(
        order,
        updated=st.integers(0, 5).map(float),
        items=st.integers(1, 3),
        cancelled_at=st.none() | st.just(hours(30)),
    ).map(lambda one: store_says(order=one)),
    st.builds(
        fulfilment,
        st.sampled_from([ONE, TWO, THREE]),
        ident=st.sampled_from(["f1", "f2"]),
        lines=st.sampled_from([(1,), (2,), (1, 2)]),
        updated=st.integers(1, 4).map(float),
        cancelled=st.booleans(),
    ).map(lambda one: store_says(packed=[one])),
    st.builds(
        lambda ident, one, day: store_says(
            scans=[FulfilmentEvent(fulfilment_id=ident, event=one, estimate=day and Estimate(day=day))]
        ),
        st.sampled_from(["f1", "f2"]),
        scans,
        st.none() | st.dates(date(2026, 6, 2), date(2026, 6, 6)),
    ),
)

returned_items = st.sampled_from([(), ("1",), ("1", "2")]).map(
    lambda lines: tuple(PackedItem(line_id=one) for one in lines)
)
times = st.integers(2, 9).map(float).map(hours)
store_parts = st.one_of(
    st.builds(
        Refund, refund_id=st.sampled_from(["m1", "m2"]), refunded_at=times, amount=st.sampled_from(["", "5.00"])
    ).map(lambda one: {"refunds": (one,)}),
    st.builds(
        ReturnSnapshot,
        return_id=st.sampled_from(["r1", "r2"]),
        updated_at=times,
        state=st.sampled_from(ReturnState),
        parcels=st.sampled_from([(), (Parcel(tracking_number="1Z009"),), (Parcel(tracking_number=ONE),)]),
        items=returned_items,
    ).map(lambda one: {"returns": (one,)}),
    st.builds(
        HoldSnapshot,
        hold_id=st.sampled_from(["h1", "h2"]),
        updated_at=times,
        held=st.booleans(),
        reason=st.sampled_from(HoldReason),
    ).map(lambda one: {"holds": (one,)}),
    st.builds(Edit, edit_id=st.sampled_from(["e1", "e2"]), edited_at=times, added=returned_items).map(
        lambda one: {"edits": (one,)}
    ),
).map(lambda part: store_says().model_copy(update=part))

statements = st.lists(st.one_of(carrier_statements, store_statements, store_parts), max_size=8)
