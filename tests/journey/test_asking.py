"""Whoever can tell about a parcel is asked: by its number where the store does not say, through an aggregator last."""

from datetime import datetime, timedelta

import pytest
from porchlight.domain import fulfilments
from porchlight.domain.errors import PermanentError
from porchlight.domain.exchange import Budget, HttpRequest, Kind
from porchlight.domain.fulfilments import ReturnSnapshot, ReturnState
from porchlight.domain.records import Account, ConnectionSecrets
from porchlight.domain.status import Status
from porchlight.domain.store_news import StoreUpdate

from tests import payloads
from tests.fakes import Parcel, Scan
from tests.fakes.outside import CarrierSite
from tests.journey.shop import HOUR, MINUTE, ORDER, START, Shop
from tests.simulation.scenarios import POLLED

DAY = timedelta(days=1)


def connected(shop: Shop, name: str, **credentials: str) -> Shop:
    """One more carrier account, with calls enough."""
    code, _, connection = name.partition("/")
    kept = shop.secrets.connections.get((Kind.CARRIERS, code, connection), ConnectionSecrets())
    held = kept.model_copy(update={"credentials": credentials})
    shop.secrets.connections[Kind.CARRIERS, code, connection] = held
    budget = Budget(calls=600, seconds=3600)
    shop.accounts.add(
        Account(kind=Kind.CARRIERS, name=name, polls=True, budget=budget, calls=60, counted_at=START - DAY)
    )
    return shop


def with_aggregator() -> Shop:
    return connected(Shop(), "easypost/push", api_key="key")


def counted(capsys: pytest.CaptureFixture[str], name: str) -> int:
    return capsys.readouterr().out.count(f'"{name}":[1.0]')


def test_a_parcel_whose_carrier_nobody_names_is_known_by_its_number() -> None:
    shop = Shop()
    shop.site.parcels[POLLED] = Parcel([Scan(START + HOUR, "OR"), Scan(START + 20 * HOUR, "FS", "D")])
    shop.ordered_and_packed(POLLED, company="")
    shop.run()
    [parcel] = shop.state().parcels
    assert (parcel.status, parcel.carrier) == (Status.DELIVERED, "ups")
    assert shop.told()[-1] == "delivered"


def test_who_does_not_know_the_number_makes_room_for_the_next() -> None:
    shop = with_aggregator()
    shop.easypost.scans[POLLED] = [(START + HOUR, "in_transit"), (START + 20 * HOUR, "delivered")]
    shop.ordered_and_packed(POLLED, company="")
    shop.run()
    first = [call for call in shop.site.calls if call < START + 2 * HOUR]
    assert first, "UPS is asked first, and says that it does not know"
    assert shop.easypost.told == [(POLLED, "")]
    assert shop.state().all_delivered
    assert max(shop.site.calls) < min(shop.easypost.asked), "who knows it is asked from then on, and nobody else"


def test_a_carrier_that_tells_of_the_numbers_former_parcel_does_not_know_this_one() -> None:
    shop = with_aggregator()
    shop.site.parcels[POLLED] = Parcel([Scan(START - 200 * DAY, "OR"), Scan(START - 198 * DAY, "FS", "D")])
    shop.easypost.scans[POLLED] = [(START + HOUR, "in_transit"), (START + 30 * HOUR, "delivered")]
    shop.ordered_and_packed(POLLED, company="")
    shop.run()
    assert shop.state().all_delivered


def test_a_parcel_of_a_carrier_without_account_is_registered_once_and_its_push_is_understood(capsys) -> None:
    shop = with_aggregator()
    shop.easypost.scans["EV1"] = [(START + HOUR, "in_transit")]
    shop.ordered_and_packed("EV1")
    scans = ((START + HOUR, "in_transit"), (START + 3 * HOUR, "delivered"))
    shop.scanned(HOUR, "EV1", scans[:1], "e1")
    shop.scanned(3 * HOUR, "EV1", scans, "e2")
    shop.run()
    assert shop.easypost.told == [("EV1", "Evri")]
    assert shop.told() == ["order_confirmed", "shipped", "delivered"]
    assert (shop.site.calls, counted(capsys, "ParcelRegistered")) == ([], 1)
    assert shop.state().parcels[0].truth.heard_from == {}, "push and answer of one source are the same scans"
    assert shop.table.watches == {}


def test_a_new_tracker_that_knows_nothing_yet_is_asked_a_quarter_of_an_hour_later() -> None:
    shop = with_aggregator()
    shop.easypost.scans["EV1"] = [(START + 5 * MINUTE, "in_transit"), (START + 50 * HOUR, "delivered")]
    shop.ordered_and_packed("EV1")
    shop.run()
    assert START + 15 * MINUTE < shop.easypost.asked[0] < START + 20 * MINUTE
    assert len(shop.easypost.told) == 1


def test_a_refused_registration_falls_through_to_the_question(capsys) -> None:
    shop = with_aggregator()
    shop.easypost.refuses = True
    shop.easypost.followed.add("EV1")
    shop.easypost.scans["EV1"] = [(START + 2 * MINUTE, "in_transit"), (START + 9 * HOUR, "delivered")]
    shop.ordered_and_packed("EV1")
    shop.run()
    assert len(shop.easypost.told) == 1
    assert shop.easypost.asked[0] - START < 5 * MINUTE
    assert shop.state().all_delivered
    assert counted(capsys, "RegistrationRefused") == 1


def test_a_refused_registration_is_tried_again_where_the_aggregator_knows_nothing() -> None:
    """Its plan was used up, say: the parcel must not be asked about for ever without being followed."""
    shop = with_aggregator()
    shop.easypost.refuses = True
    shop.easypost.scans["EV1"] = [(START + 2 * MINUTE, "in_transit"), (START + 60 * HOUR, "delivered")]
    shop.later(20 * HOUR, lambda: setattr(shop.easypost, "refuses", False))
    shop.ordered_and_packed("EV1")
    shop.run()
    assert shop.state().all_delivered
    assert len(shop.easypost.told) > 1


def test_a_refusal_spends_nothing_that_the_question_needs() -> None:
    """One call at a time is all this account may make."""
    shop = with_aggregator()
    account = shop.accounts.held[Kind.CARRIERS, "easypost/push"]
    shop.accounts.add(account.model_copy(update={"budget": Budget(calls=2, seconds=600), "calls": 1}))
    shop.easypost.refuses = True
    shop.easypost.followed.add("EV1")
    shop.easypost.scans["EV1"] = [(START + 2 * MINUTE, "in_transit"), (START + 9 * HOUR, "delivered")]
    shop.ordered_and_packed("EV1")
    shop.run()
    assert len(shop.easypost.told) == 1
    assert shop.state().all_delivered


def test_an_account_that_was_removed_makes_room_for_the_next() -> None:
    shop = with_aggregator()
    shop.easypost.scans[POLLED] = [(START + HOUR, "in_transit"), (START + 20 * HOUR, "delivered")]
    shop.ordered_and_packed(POLLED, company="")
    shop.later(2 * MINUTE - timedelta(seconds=30), lambda: shop.secrets.connections.pop((Kind.CARRIERS, "ups", "main")))
    shop.run()
    assert shop.state().all_delivered


class Strict(CarrierSite):
    """Answers 400 to every number."""

    def call(self, request: HttpRequest) -> bytes:
        if "/track/" in request.url:
            message = "400"
            raise PermanentError(message)
        return super().call(request)


def test_a_carrier_that_refuses_numbers_of_other_kinds_makes_room_too() -> None:
    shop = with_aggregator()
    shop.site = Strict(lambda: shop.now)
    shop.easypost.scans[POLLED] = [(START + HOUR, "in_transit"), (START + 20 * HOUR, "delivered")]
    shop.ordered_and_packed(POLLED, company="")
    shop.run()
    assert shop.state().all_delivered


def test_a_return_leg_is_watched_until_it_is_back() -> None:
    shop = Shop()
    back = "1Z999AA10123456793"
    shop.site.parcels[POLLED] = Parcel([Scan(START + HOUR, "OR"), Scan(START + 20 * HOUR, "FS", "D")])
    shop.site.parcels[back] = Parcel([Scan(START + 80 * HOUR, "OR"), Scan(START + 120 * HOUR, "FS", "D")])
    shop.ordered_and_packed(POLLED, company="UPS")
    shop.learns(70 * HOUR, returning(back, ReturnState.SHIPPED, START + 70 * HOUR))
    shop.run()
    [leg] = shop.state().return_legs
    assert (leg.tracking_number, leg.status) == (back, Status.DELIVERED)
    assert shop.told().count("delivered") == 1, "what comes back is no news of what went out"
    assert shop.table.watches == {}


def returning(number: str, state: ReturnState, at: datetime) -> StoreUpdate:
    said = ReturnSnapshot(
        return_id="r1", updated_at=at, state=state, parcels=(fulfilments.Parcel(tracking_number=number, carrier="ups"),)
    )
    return StoreUpdate(source="shopify", vendor_order_id="1001", topic="returns/update", returns=(said,))


def test_a_return_that_has_arrived_is_not_asked_about() -> None:
    shop, back = Shop(), "1Z999AA10123456793"
    shop.ordered_and_packed(POLLED, company="UPS")
    shop.learns(2 * HOUR, returning(back, ReturnState.SHIPPED, START + 2 * HOUR))
    shop.learns(4 * HOUR, returning(back, ReturnState.RECEIVED, START + 4 * HOUR))
    watched: list[set[str]] = []
    for hour in (3, 5):
        shop.later(hour * HOUR, lambda: watched.append({number for _, number in shop.table.watches}))
    shop.run()
    assert watched == [{POLLED, back}, {POLLED}]


def test_a_label_that_replaces_an_old_one_is_watched_from_when_it_was_printed() -> None:
    """Packed weeks ago and never sent: the new label is young, however old the packing."""
    shop = Shop()
    shop.ordered_and_packed("1Z999AA10123456700", company="UPS")
    again = START + 40 * DAY
    new = payloads.fulfilment(START, POLLED, updated_at=again)
    shop.site.parcels[POLLED] = Parcel([Scan(again + 2 * DAY, "OR"), Scan(again + 3 * DAY, "FS", "D")])
    shop.shop(40 * DAY, "fulfillments/update", new)
    shop.run()
    assert shop.state(ORDER).all_delivered
