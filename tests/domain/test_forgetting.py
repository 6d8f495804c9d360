"""What stays of an order when its shopper's data is erased, and that no later word brings it back."""

import pytest
from porchlight.domain.facts import OrderFacts
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import FulfilmentSnapshot, Parcel, ReturnSnapshot, ReturnState
from porchlight.domain.orders import Destination, OrderSnapshot, Person
from porchlight.domain.status import Status
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.times import from_text

from tests.builders import scan, snapshot, tracked

ADA = Person(
    first_name="Ada", last_name="Marlow", email="ada.marlow@shopper.example", phone="+1 555 0100", locale="en-US"
)
BEN = Person(first_name="Benedict", last_name="Quill", phone="+1 555 0177")
PERSONAL = ("Ada", "Marlow", "Benedict", "Quill", "0100", "0177", "Boise", "83702", "customer-7", "wholesale", "Kiln")
AT = from_text("2026-05-30T09:00:00.000Z")


def order(**changes: object) -> OrderSnapshot:
    told = snapshot(vendor_order_id="1").model_copy(
        update={
            "shopper": ADA,
            "recipient": BEN,
            "destination": Destination(city="Boise", region="ID", postal_code="83702", country="US"),
            "customer_id": "customer-7",
            "order_count": 4,
            "marketing_consent": True,
            "sms_consent": True,
            "gift": True,
            "tags": ("wholesale",),
        }
    )
    return told.model_copy(update=changes)


PARCEL = Parcel(tracking_number="1Z1", carrier="ups", carrier_name="UPS", tracking_url="https://t.example/?zip=83702")
SHOP = StoreUpdate(
    source="shopify",
    vendor_order_id="1",
    topic="orders/updated",
    order=order(),
    fulfilments=(FulfilmentSnapshot(fulfilment_id="f", updated_at=AT, created_at=AT, parcels=(PARCEL,)),),
    returns=(ReturnSnapshot(return_id="r", updated_at=AT, state=ReturnState.APPROVED, parcels=(PARCEL,)),),
)
CARRIER = tracked(
    "1Z1",
    scan("2026-05-31T10:00:00+00:00", Status.IN_TRANSIT, text="Left the depot", city="Boise"),
    scan("2026-06-01T10:00:00+00:00", Status.DELIVERED, text="Signed by B. QUILL at Kiln Yard", city="Boise"),
)
NOTHING = OrderFacts(order_id="o", store="shopify", connection="shop", vendor_order_id="1")


def told_before() -> OrderFacts:
    return NOTHING.with_store_update(SHOP).with_tracking_update(CARRIER).without_personal_data()


def test_nothing_personal_is_left() -> None:
    text = told_before().model_dump_json()
    assert [word for word in PERSONAL if word.casefold() in text.casefold()] == []


def test_what_was_bought_and_how_far_it_came_is_left() -> None:
    before, after = NOTHING.with_store_update(SHOP).with_tracking_update(CARRIER), told_before()
    assert after.order is not None
    assert before.order is not None
    assert (after.order.items, after.order.number) == (before.order.items, before.order.number)
    assert (after.order.shopper.locale, after.order.destination.country) == ("en-US", "US")
    statuses = [[(one.tracking_number, one.status) for one in fold(facts).parcels] for facts in (before, after)]
    assert statuses[0] == statuses[1]
    assert after.numbered == before.numbered


@pytest.mark.parametrize(
    "later", [SHOP, SHOP.model_copy(update={"order": order(updated_at=from_text("2027-01-01T00:00:00.000Z"))})]
)
def test_no_later_word_brings_it_back(later: StoreUpdate) -> None:
    text = told_before().with_store_update(later).with_tracking_update(CARRIER).model_dump_json()
    assert [word for word in PERSONAL if word.casefold() in text.casefold()] == []


def test_what_comes_after_makes_the_same_as_what_came_before() -> None:
    after = NOTHING.without_personal_data().with_tracking_update(CARRIER).with_store_update(SHOP)
    assert after == told_before()
    assert told_before().without_personal_data() == told_before()
    assert told_before().with_tracking_update(CARRIER).with_store_update(SHOP) == told_before()
