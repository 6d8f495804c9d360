"""The review hold on a small file of invented orders: the figures, the proof, and that nothing later is looked at."""

import gzip
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from porchlight.domain.status import Status

from tools.review_hold.__main__ import main
from tools.review_hold.orders import Order, read_orders
from tools.review_hold.playing import morning_from, play
from tools.review_hold.schedules import HEADLINE, SCHEDULES

FILE = Path(__file__).parent / "review_hold" / "orders.csv"
ORDERS = {order.order_id: order for order in read_orders(FILE)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict]:
    monkeypatch.setattr(sys, "argv", ["review_hold", *arguments])
    status = main()
    out = capsys.readouterr().out
    return status, json.loads(out.splitlines()[-1]) if out else {}


def test_the_figures_of_the_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = run(monkeypatch, capsys, str(FILE))
    assert (told["negative"], told["positive"], told["orders"], told["reviewed"]) == (5, 11, 19, 17)
    assert told["negative_held_share"] == 0.8, "all but the one whose parcel simply came"
    assert told["positive_delayed_share"] == 0.0909, "two pieces, and one arrival after eleven days"
    assert told["median_delay_days"] == 9
    assert told["open_then"] == {
        "incomplete": {"negative": 0.2, "positive": 0.0909},
        "late": {"negative": 0.6},
    }
    assert told["naive_schedule"] == HEADLINE
    assert told["asked_by_limit_share"] == 1.0
    assert told["asked_by_limit_share_by_score"] == {"1": 1.0, "2": 1.0, "3": 1.0, "4": 1.0, "5": 1.0}
    assert told["proof"]["asked"] == 19
    assert told["proof"]["fair"]
    assert status == 0


def test_every_schedule_is_reported(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    schedules = run(monkeypatch, capsys, str(FILE))[1]["schedules"]
    assert list(schedules) == list(SCHEDULES)
    assert schedules["fulfilment_14"]["never_asked_by_schedule"] == 1, "what never left is never asked about"
    assert schedules["fulfilment_14"]["negative_before_arrival_share"] == 0.25
    assert schedules["order_30"]["positive_earlier_share"] == 1.0
    assert schedules["really_asked"]["positive_delayed_share"] == 1.0, "rest counts as delay against the day after"


def test_exit_status_1_when_too_many_are_delayed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = run(monkeypatch, capsys, str(FILE), "--rules", '{"together_within": "1d", "rest": "6d"}')
    assert told["positive_delayed_share"] == 1.0
    assert (status, told["holds"]) == (1, False)


def test_exit_status_1_when_too_few_are_held(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines = FILE.read_text().splitlines(keepends=True)
    few = tmp_path / "few.csv"
    few.write_text("".join(line for line in lines if not line.startswith(("order-12", "order-13", "order-14"))))
    status, told = run(monkeypatch, capsys, str(few))
    assert told["negative_held_share"] == 0.5
    assert status == 0
    few.write_text(
        "".join(line for line in lines if not line.startswith(("order-12", "order-13", "order-14", "order-16")))
    )
    assert run(monkeypatch, capsys, str(few))[0] == 1


def test_a_window_by_day_of_purchase(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(monkeypatch, capsys, str(FILE), "--from", "2026-01-05", "--before", "2026-01-06")[1]
    assert told["orders"] == 2


def test_a_compressed_file_reads_the_same(tmp_path: Path) -> None:
    packed = tmp_path / "orders.csv.gz"
    packed.write_bytes(gzip.compress(FILE.read_bytes()))
    assert list(read_orders(packed)) == list(ORDERS.values())


@pytest.mark.parametrize("text", ["", "order_id\nx\n", "order_id,purchased_at\nx,yesterday\n"])
def test_exit_status_2_for_what_is_no_file_of_orders(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(text)
    assert run(monkeypatch, capsys, str(file))[0] == 2
    assert run(monkeypatch, capsys, str(tmp_path / "absent.csv"))[0] == 2


def _without_what_is_later(order: Order, now: datetime) -> Order:
    """As if the file had been written at that moment."""
    return replace(
        order,
        handed_over=order.handed_over if order.handed_over and order.handed_over <= now else None,
        delivered=order.delivered if order.delivered and order.delivered <= now else None,
        score=None,
        really_asked=None,
    )


@pytest.mark.parametrize("name", ORDERS)
def test_what_is_known_at_a_moment_does_not_depend_on_what_came_later(name: str) -> None:
    order = ORDERS[name]
    for day in range(1, 32):
        now = at(f"2026-01-{day:02} 09:00")
        assert order.known_at(now) == _without_what_is_later(order, now).known_at(now)


@pytest.mark.parametrize("name", [name for name, order in ORDERS.items() if order.score])
def test_no_schedule_uses_what_is_later_than_its_own_moment(name: str) -> None:
    """`really_asked` is a record, not a rule."""
    order = ORDERS[name]
    for schedule in (one for key, one in SCHEDULES.items() if key != "really_asked"):
        moment = schedule(order)
        if moment:
            assert schedule(_without_what_is_later(order, moment)) == moment


def test_an_order_is_told_as_the_file_tells_it() -> None:
    state = ORDERS["order-14"].known_at(at("2026-01-09 09:00"))
    assert [parcel.status for parcel in state.parcels] == [Status.DELIVERED]
    assert len(state.untracked) == 1, "the second seller's parcel, of which nothing is told"


def test_the_score_moves_nothing() -> None:
    for order in ORDERS.values():
        asked = {play(replace(order, score=score)).asked for score in (None, 1, 2, 3, 4, 5)}
        assert len(asked) == 1


def test_looks_are_in_the_morning() -> None:
    assert morning_from(at("2026-01-09 09:00")) == at("2026-01-09 09:00")
    assert morning_from(at("2026-01-09 09:01")) == at("2026-01-10 09:00")
