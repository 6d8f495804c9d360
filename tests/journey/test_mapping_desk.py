"""A code that nobody knows lies on the desk, is guessed at without ending a story, and is read once it is mapped."""

from datetime import timedelta

import pytest
from porchlight.domain.mappings import Mappings
from porchlight.domain.status import Status
from porchlight.domain.tracking import Labeller
from porchlight.domain.view import tracking_view

from tests import payloads
from tests.fakes import Parcel, Scan
from tests.journey.shop import HOUR, MINUTE, ORDER, START, Shop
from tests.simulation.scenarios import POLLED


def push(shop: Shop, after: timedelta, words: str, *, event_id: str, status: str = "new_word") -> None:
    body = payloads.tracker("EV1", (START + after - MINUTE, status), event_id=event_id)
    body["result"]["tracking_details"][0]["message"] = words  # type: ignore[index]  # JSON
    shop.aggregator(after, body)


def mapped(shop: Shop, **entry: str) -> None:
    shop.config.mapped = Mappings.model_validate({"mappings": [entry]})


def test_an_unmapped_code_lies_on_the_desk_with_its_example_and_how_often_it_was_met() -> None:
    shop = Shop()
    shop.ordered_and_packed("EV1")
    push(shop, 5 * MINUTE, "Qx 7", event_id="e1")
    push(shop, HOUR, "Qx 8", event_id="e2")
    shop.run()
    [one] = shop.desk.unmapped()
    assert (one.source, one.code, one.text, one.count) == ("easypost", "new_word", "Qx 8", 2)
    assert (one.order_id, one.guess) == (ORDER, Status.UNKNOWN)
    assert one.first_seen < one.last_seen


def test_what_the_merchant_has_mapped_is_not_on_the_desk() -> None:
    shop = Shop()
    mapped(shop, source="easypost", code="new_word", status="in_transit")
    shop.ordered_and_packed("EV1")
    push(shop, HOUR, "Qx 7", event_id="e1")
    shop.run()
    assert shop.desk.unmapped() == []
    assert shop.told() == ["order_confirmed", "shipped", "stalled"]


def test_a_mapping_published_later_reads_what_was_said_before_and_the_next_poll_acts_on_it() -> None:
    shop = Shop()
    shop.site.parcels[POLLED] = Parcel([Scan(START + HOUR, "OR"), Scan(START + 20 * HOUR, "ZZ9", "?")])
    shop.ordered_and_packed(POLLED, company="UPS")
    shop.later(30 * HOUR, lambda: mapped(shop, source="ups", code="ZZ9", status="delivered"))
    shop.run()
    assert [one.code for one in shop.desk.unmapped()] == ["ZZ9"]
    [mail] = [one for one in shop.provider.mails if one.call.tags["touchpoint"] == "delivered"]
    assert START + 30 * HOUR < mail.at < START + 42 * HOUR
    assert shop.table.watches == {}, "and nobody is asked any more"


def test_a_vendors_hint_that_proves_nothing_puts_nothing_on_the_desk() -> None:
    shop = Shop()
    shop.ordered_and_packed(POLLED, company="UPS")
    body = payloads.hint(POLLED, START)
    forged = body.model_copy(update={"body": body.body.replace(b'"FS"', b'"ZZ9"').replace(b'"D"', b'"?"')})
    shop.later(HOUR, lambda: shop.post(forged, "carriers", "ups", "main") and None)
    shop.run()
    assert shop.desk.unmapped() == []


@pytest.mark.parametrize("words", ["Delivered to the recipient", "Your parcel has been delivered", "Zugestellt"])
def test_a_guess_never_becomes_a_delivered_mail(words: str) -> None:
    shop = Shop()
    shop.ordered_and_packed("EV1")
    push(shop, HOUR, words, event_id="e1")
    shop.run()
    assert "delivered" not in shop.told()
    [event] = shop.state().parcels[0].events
    assert (event.status, event.labelled_by) == (Status.DELIVERED, Labeller.MODEL)
    [noted] = shop.desk.unmapped()
    assert noted.guess is Status.DELIVERED
    view = tracking_view(shop.state(), shop.config.journey(), {}, shop.now)
    assert [one.status for one in view.parcels[0].events] == [Status.UNKNOWN], "nor does the page say so"
