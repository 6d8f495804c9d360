"""The simulated shop on its own small invented history: the strategies, the shoppers, the figures and the exit status."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import pytest
from porchlight.config import read_journey
from porchlight.domain.journeys import Journey
from porchlight.domain.shopper import NOBODY, Shopper
from porchlight.domain.status import Status

from tools.review_hold.orders import Order, read_orders
from tools.simulate import __main__ as command
from tools.simulate.assumptions import FEED, SHOPPER, VARIANTS, FeedModel, table
from tools.simulate.histories import Heard, History, _told, histories
from tools.simulate.inventing import invented
from tools.simulate.lives import DAY, HOUR, Life, Scan, Way, life
from tools.simulate.messages import Message, is_moot, told_again
from tools.simulate.page import BEGIN, END, write
from tools.simulate.report import NOTHING, OURS, STATUS, estimated, figures, holds
from tools.simulate.shopper import Outcome, lived
from tools.simulate.strategies import for_shoppers, nothing, ours, per_status

ROOT = Path(__file__).parents[2]
ORDERS = list(read_orders(command.INVENTED))
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@cache
def journey() -> Journey:
    return for_shoppers(read_journey(ROOT / "config" / "journeys.yaml"))


@cache
def drawn() -> tuple[History, ...]:
    return tuple(histories(ORDERS, 120, FEED, 3))


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["simulate", *arguments])
    status = command.main()
    return status, capsys.readouterr().out


def plain(scans: list[tuple[float, Status]], heard_after: dict[int, float] | None = None) -> History:
    """One parcel with scans at these hours after Monday; some are heard of so many hours late."""
    told = [Scan(MONDAY + hours * HOUR, status) for hours, status in scans]
    delivered = next((scan.at for scan in told if scan.status is Status.DELIVERED), None)
    order = Order("one", MONDAY - DAY, told[0].at, delivered, MONDAY.date() + 6 * DAY, 1, 1, None, None)
    base = histories([order], 1, FEED, 1)[0]
    parcel = Life("1", ("0",), told[0].at, delivered, tuple(told))
    late = heard_after or {}
    store = [one for one in base.heard if one.scan is None]
    carrier = [Heard(scan.at + late.get(place, 0.1) * HOUR, _told("1", scan), scan) for place, scan in enumerate(told)]
    heard = tuple(sorted((*(one._replace(at=told[0].at) for one in store), *carrier), key=lambda one: one.at))
    return replace(base, parcels=(parcel,), heard=heard)


WAY = [(0, Status.IN_TRANSIT), (24, Status.IN_TRANSIT), (48, Status.OUT_FOR_DELIVERY), (54, Status.DELIVERED)]


def test_the_file_is_what_its_script_writes() -> None:
    assert command.INVENTED.read_text(encoding="utf-8") == invented()


def test_ours_meets_its_demands_on_the_invented_history(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out = run(monkeypatch, capsys, "--orders", "600", "--seeds", "2")
    told = json.loads(out.splitlines()[-1])
    assert (status, told["holds"], told["invented"], told["orders"]) == (0, True, True, 600)
    assert set(told["contacts_by_variant"]) == set(VARIANTS)
    assert told["figures"]["messages"]["nothing"] == [0.0, 0.0, 0.0]
    assert told["figures"]["asked_in_trouble_before_limit"]["ours"] == [0.0, 0.0, 0.0]
    assert told["figures"]["asked_in_trouble_before_limit"]["per_status"][1] > 0
    warned = told["figures"]["warned_in_the_last_week"]
    assert warned["ours_less_per_status"][1] > 0, "the whole interval speaks for ours"
    assert "This is a simulation." in out
    assert all(line in out for line in table(SHOPPER)), "assumptions stand beside the result"


def test_the_same_seed_gives_the_same_result_and_another_does_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(seed: str) -> dict:
        return json.loads(
            run(monkeypatch, capsys, "--orders", "40", "--seeds", "1", "--seed", seed)[1].splitlines()[-1]
        )

    assert told("1")["figures"] == told("1")["figures"] != told("2")["figures"]


@pytest.mark.parametrize("text", ["", "order_id\nx\n"])
def test_exit_status_2_for_what_is_no_file_of_orders(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(text)
    assert run(monkeypatch, capsys, str(file))[0] == 2
    assert run(monkeypatch, capsys, str(tmp_path / "absent.csv"))[0] == 2


def test_demands_fail_where_ours_is_no_better() -> None:
    """The strategies are swapped: what is sent per status change stands in for ours."""
    chosen = drawn()
    played = {
        NOTHING: [[Outcome()] for _ in chosen],
        STATUS: [[lived(one, ours(one, journey()), SHOPPER, 1)] for one in chosen],
        OURS: [[lived(one, per_status(one), SHOPPER, 1)] for one in chosen],
    }
    assert not any(holds(figures(played, chosen)).values())


def test_a_message_per_status_change_tells_again_what_is_heard_late() -> None:
    assert [one.kind for one in per_status(plain(WAY)) if one.claims] == [
        "order_placed",
        "in_transit",
        "out_for_delivery",
        "delivered",
    ]
    messages = [one for one in per_status(plain(WAY, {1: 25.5})) if one.claims]
    kinds = [one.kind for one in messages]
    assert kinds == ["order_placed", "in_transit", "out_for_delivery", "in_transit", "delivered"]
    assert told_again(messages) == [False, False, False, True, False]


def test_ours_tells_nothing_again_when_scans_come_late_or_twice() -> None:
    messages = ours(plain(WAY, {1: 25.5}), journey())
    assert [one.kind for one in messages] == [
        "order_confirmed",
        "shipped",
        "out_for_delivery",
        "delivered",
        "review_request",
    ]
    assert not any(told_again(messages))


def test_the_way_again_after_a_closed_door_is_news_once_more() -> None:
    way = [*WAY[:3], (50, Status.DELIVERY_ATTEMPTED), (55, Status.IN_TRANSIT), (78, Status.DELIVERED)]
    messages = per_status(plain(way))
    assert [one.kind for one in messages].count("in_transit") == 2
    assert not any(told_again(messages))


def test_a_message_is_moot_once_the_parcel_is_further() -> None:
    history = plain(WAY)
    van = next(one for one in per_status(history) if one.kind == "out_for_delivery")
    assert not is_moot(van, history, van.at + 5 * HOUR)
    assert is_moot(van, history, van.at + 6 * HOUR)
    placed = per_status(history)[0]
    assert not is_moot(placed, history, van.at + 100 * DAY)


def test_silence_is_moot_after_a_scan() -> None:
    history = plain([(0, Status.IN_TRANSIT), (200, Status.IN_TRANSIT), (224, Status.DELIVERED)])
    stalled = next(one for one in ours(history, journey()) if one.kind == "stalled")
    assert stalled.warns
    assert not is_moot(stalled, history, MONDAY + 199 * HOUR)
    assert is_moot(stalled, history, MONDAY + 200 * HOUR)


def test_ours_asks_everybody_once_and_nobody_in_trouble_before_the_limit() -> None:
    for history in drawn():
        requests = [one for one in ours(history, journey()) if one.asks]
        assert len(requests) == 1
        assert requests[0].at_limit or not history.trouble_at(requests[0].at, timedelta(days=14))


def test_who_stops_gets_what_the_consent_guard_lets_through() -> None:
    """The shopper's list is cut; with the guard itself the same messages are left."""
    for place, history in enumerate(drawn()[:40]):
        everything = [one for one in ours(history, journey()) if not one.asks]
        stopped_at = everything[place % len(everything)].at
        stopped = Shopper(stopped=frozenset({"service.*"}))
        left = ours(history, journey(), lambda now, at=stopped_at, no=stopped: no if now > at else NOBODY)
        cut = [one for one in everything if one.at <= stopped_at]
        assert [(one.at, one.kind) for one in left if not one.asks] == [(one.at, one.kind) for one in cut]


def test_trouble_is_what_truly_happens() -> None:
    history = plain([(0, Status.IN_TRANSIT), (8 * 24, Status.DELIVERED)])
    promised = history.promised
    assert promised == datetime(2026, 3, 9, tzinfo=UTC)
    moments = {"before": promised - HOUR, "overdue": promised, "just here": MONDAY + 8 * DAY}
    found = {name: history.trouble_at(moment, timedelta(days=14)) for name, moment in moments.items()}
    assert found == {"before": False, "overdue": True, "just here": True}
    assert not history.trouble_at(MONDAY + 22 * DAY, timedelta(days=14))
    assert history.late


def test_half_an_order_is_trouble() -> None:
    whole = plain(WAY)
    second = Life("2", ("1",), MONDAY, MONDAY + 4 * DAY, (Scan(MONDAY, Status.IN_TRANSIT),))
    parted = replace(whole, parcels=(*whole.parcels, second))
    assert not whole.trouble_at(MONDAY + 60 * HOUR, DAY)
    assert parted.trouble_at(MONDAY + 60 * HOUR, DAY)
    assert not parted.trouble_at(MONDAY + 4 * DAY, DAY)


def test_shoppers_who_nothing_calms_ask_as_often_as_without_mail() -> None:
    deaf = VARIANTS["messages calm nobody"].model_copy(update={"confused": 0.0, "asks_waiting": 0.1})
    for history in drawn():
        with_mail = lived(history, ours(history, journey()), deaf, 1)
        assert with_mail.contacts == lived(history, nothing(history), deaf, 1).contacts


def test_who_is_warned_asks_less_once_overdue() -> None:
    late = [one for one in drawn() if one.late]
    always_reads = SHOPPER.model_copy(update={"reads": 1.0, "asks_overdue": 0.5, "warned": 0.0, "warning_lasts": 90.0})
    contacts = [
        sum(lived(one, send(one), always_reads, 1).contacts for one in late)
        for send in (nothing, lambda one: ours(one, journey()))
    ]
    assert contacts[1] < contacts[0] / 2


def test_nobody_gets_mail_after_stopping_it() -> None:
    history = plain(WAY)
    easily_annoyed = SHOPPER.model_copy(update={"unsubscribes": 1.0})
    outcome = lived(history, per_status(history), easily_annoyed, 1)
    assert (outcome.messages, outcome.unsubscribed) == (1, True)


def test_a_warning_after_the_promised_day_is_none() -> None:
    history = plain([(0, Status.IN_TRANSIT)])
    assert history.promised
    early, late = (
        lived(history, [Message(history.promised + shift, "delayed", warns=True)], SHOPPER, 1)
        for shift in (-HOUR, timedelta(0))
    )
    assert (early.warned, early.warned_lately, late.warned, late.warnings) == (True, True, False, 1)


def test_scans_keep_the_order_of_time_and_end_with_the_arrival() -> None:
    for history in drawn():
        for parcel in history.parcels:
            assert list(parcel.scans) == sorted(parcel.scans, key=lambda scan: scan.at)
            if parcel.delivered:
                assert (parcel.scans[-1].at, parcel.scans[-1].status) == (parcel.delivered, Status.DELIVERED)


def test_a_named_day_is_right_shortly_before_the_end() -> None:
    way = Way(MONDAY - 3 * DAY, MONDAY, MONDAY + 12 * DAY, MONDAY + 9 * DAY)
    always = FeedModel(names_day=1.0, rests=0.0)
    named = [scan for scan in life("1", ("0",), way, always, Random(1)).scans if scan.named_day]
    assert {scan.named_day for scan in named if scan.at >= MONDAY + 9 * DAY} == {(MONDAY + 12 * DAY).date()}
    assert named[0].named_day == (MONDAY + 0.54 * 12 * DAY).date(), "not known from the end"


def test_an_interval_is_that_of_a_mean() -> None:
    assert estimated([1.0, 3.0]).as_json() == [2.0, 0.04, 3.96]
    assert estimated([]).as_json() == [0.0, 0.0, 0.0]


def test_the_page_keeps_its_own_words(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write(page, ["new"])
    assert page.read_text() == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    page.write_text("no place")
    with pytest.raises(ValueError, match="no place for generated lines"):
        write(page, ["new"])


def test_the_published_page_was_made_with_these_assumptions() -> None:
    page = (ROOT / "docs" / "simulation.md").read_text(encoding="utf-8")
    assert all(line in page for model in (SHOPPER, FEED) for line in table(model))
