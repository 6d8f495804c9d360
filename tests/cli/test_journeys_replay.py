"""`python -m porchlight journeys replay` and `history`: what would have been told, and what a changed file changes."""

import json
from pathlib import Path
from typing import Any

import pytest
from porchlight.aws.deployment import Deployment
from porchlight.cli import main
from porchlight.domain.facts import OrderFacts
from porchlight.domain.status import Status

from tests.builders import heard, packing, scan, snapshot, store_says, tracked
from tests.fakes import FakePrivacy, FakeTable

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "docs" / "samples"
IN_FORCE, CHANGED, ORDERS = SAMPLES / "in-force.yaml", SAMPLES / "changed.yaml", SAMPLES / "orders.jsonl"
SHIPPED = ROOT / "config" / "journeys.yaml"
UPS = ROOT / "tests" / "carriers" / "fixtures" / "ups"
PEOPLE = ("Ada", "Marlow", "ada@example.com")


@pytest.fixture
def replay(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run it; status, standard output and standard error."""

    def run(changed: Path, *options: str, against: Path = IN_FORCE, history: Path = ORDERS) -> tuple[int, str, str]:
        argv = ["journeys", "replay", str(changed), "--against", str(against), "--history", str(history), *options]
        status = main(argv)
        written = capsys.readouterr()
        return status, written.out, written.err

    return run


class TestText:
    def test_marks_what_is_new_what_is_gone_and_what_moves(self, replay: Any) -> None:
        _, out, _ = replay(CHANGED)
        assert out.split("{")[0].splitlines() == [
            "#1003",
            "    2025-03-03 16:01  shipped",
            "    2025-03-04 14:00  delivered",
            "  + 2025-03-05 10:00  delivery_check",
            "#1004",
            "    2025-03-04 17:01  shipped",
            "    2025-03-05 17:00  delivered",
            "#1005",
            "    2025-03-05 16:01  shipped",
            "    2025-03-07 12:01  ready_for_pickup",
            "  ~ 2025-03-08 10:00  pickup_reminder, was 2025-03-10 10:00",
            "    2025-03-10 12:00  delivered",
        ]

    def test_the_other_way_round_what_was_new_is_gone(self, replay: Any) -> None:
        _, out, _ = replay(IN_FORCE, against=CHANGED)
        assert "  - 2025-03-05 10:00  delivery_check" in out.splitlines()
        assert "  ~ 2025-03-10 10:00  pickup_reminder, was 2025-03-08 10:00" in out.splitlines()

    def test_changes_leaves_out_orders_for_which_nothing_changes(self, replay: Any) -> None:
        _, out, _ = replay(CHANGED, "--changes")
        assert [line for line in out.splitlines() if line.startswith("#")] == ["#1003", "#1005"]
        _, out, _ = replay(IN_FORCE, "--changes")
        assert "#" not in out

    def test_ends_with_counts_of_all_orders(self, replay: Any) -> None:
        status, out, err = replay(CHANGED, "--changes")
        counts = json.loads(out[out.index("{") :])
        assert (status, err) == (0, "")
        assert (counts["orders"], counts["messages"], counts["messages_now"]) == (3, 9, 8)
        assert counts["touchpoints"]["delivery_check"] == {"then": 1, "now": 0}
        assert counts["segments"] == {"large": 3}
        assert counts["guards"] == {"condition: drop": 2}


class TestJson:
    def test_has_one_object_an_order_and_the_counts_last(self, replay: Any) -> None:
        _, out, _ = replay(CHANGED, "--json")
        first, second, third, counts = [json.loads(line) for line in out.splitlines()]
        assert [one["order"] for one in (first, second, third)] == ["#1003", "#1004", "#1005"]
        assert first["more"] == ["delivery_check#1Z999AA10000000011"]
        assert (second["more"], second["fewer"], second["moved"]) == ([], [], [])
        assert third["moved"] == [
            {"id": "pickup_reminder#1Z999AA10000000037", "from": "2025-03-10T10:00:00+00:00"},
        ]
        assert third["messages"][0] == {
            "at": "2025-03-05T16:01:00+00:00",
            "touchpoint": "shipped",
            "channel": "email",
            "id": "shipped#1Z999AA10000000037",
        }
        assert counts["orders"] == 3

    def test_changes_leaves_out_orders_here_too(self, replay: Any) -> None:
        _, out, _ = replay(CHANGED, "--json", "--changes")
        assert [json.loads(line).get("order") for line in out.splitlines()] == ["#1003", "#1005", None]


class TestHistory:
    def test_may_be_a_folder_of_what_carriers_answered(self, replay: Any) -> None:
        status, out, err = replay(SHIPPED, "--json", against=SHIPPED, history=UPS)
        *orders, counts = [json.loads(line) for line in out.splitlines()]
        assert (status, err) == (0, "")
        assert counts["orders"] == len(orders) > 5
        assert {"shipped", "out_for_delivery", "delivered"} <= counts["touchpoints"].keys()

    def test_folder_without_a_carriers_name_has_no_orders(self, replay: Any, tmp_path: Path) -> None:
        (tmp_path / "notes.json").write_bytes((UPS / "poll.delivered.json").read_bytes())
        status, out, _ = replay(CHANGED, "--json", history=tmp_path)
        assert (status, json.loads(out)["orders"]) == (0, 0)

    def test_empty_lines_do_no_harm(self, replay: Any, tmp_path: Path) -> None:
        file = tmp_path / "orders.jsonl"
        file.write_text("\n" + ORDERS.read_text("utf-8").replace("\n", "\n\n"), "utf-8")
        _, out, _ = replay(CHANGED, "--json", history=file)
        assert json.loads(out.splitlines()[-1])["orders"] == 3

    @pytest.mark.parametrize("bad", ["Ada Marlow, Elm Street 1", "{}", '{"order_id": 7}', "[1]", '{"order_id": "a"'])
    def test_line_that_is_no_order_is_named_and_not_quoted(self, replay: Any, tmp_path: Path, bad: str) -> None:
        file = tmp_path / "orders.jsonl"
        file.write_text(ORDERS.read_text("utf-8").splitlines()[0] + "\n" + bad + "\n", "utf-8")
        status, _, err = replay(CHANGED, history=file)
        assert status == 2
        assert err == f"porchlight journeys: {file}:2: not an order as `journeys history` prints it\n"

    @pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
    def test_file_that_can_not_be_read_is_told_in_one_line(
        self, replay: Any, tmp_path: Path, content: bytes | None
    ) -> None:
        file = tmp_path / "orders.jsonl"
        if content:
            file.write_bytes(content)
        status, out, err = replay(CHANGED, history=file)
        assert (status, out) == (2, "")
        assert err == f"porchlight journeys: {file}: can not be read\n"

    @pytest.mark.parametrize("which", ["changed", "against"])
    def test_wrong_journeys_file_is_told_by_line_and_nothing_is_replayed(
        self, replay: Any, tmp_path: Path, which: str
    ) -> None:
        wrong = tmp_path / "wrong.yaml"
        wrong.write_text("touchpoints:\n  - id: told\n    trigger: nothing\n", "utf-8")
        files = {"changed": (wrong, IN_FORCE), "against": (CHANGED, wrong)}[which]
        status, out, err = replay(files[0], against=files[1])
        assert (status, out) == (2, "")
        assert err.startswith(f"{wrong}:3: touchpoints.0.trigger: ")


def _order(vendor_id: str) -> OrderFacts:
    number = f"1Z{vendor_id}"
    facts = heard(
        [
            store_says(order=snapshot(total="50.00"), packed=[packing(number, "1")]),
            tracked(
                number,
                scan("2026-03-10T12:00:00+00:00", Status.IN_TRANSIT),
                scan("2026-03-11T12:00:00+00:00", Status.DELIVERED),
            ),
        ]
    )
    return facts.model_copy(update={"order_id": f"order{vendor_id}"})


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> FakeTable:
    """A deployed stack of two shops: 120 orders in the first, one in the second, and one whose facts are gone."""
    table = FakeTable()
    for index in range(120):
        facts = _order(f"{index:03}")
        table.facts[facts.order_id] = (facts, 1)
        table.shops.setdefault("generic/first", set()).add(facts.order_id)
    other = _order("999")
    table.facts[other.order_id] = (other, 1)
    table.shops["generic/second"] = {other.order_id, "deleted"}
    monkeypatch.setattr(Deployment, "shops", lambda _: sorted(table.shops))
    monkeypatch.setattr(Deployment, "privacy", lambda _: FakePrivacy(table.shops))
    monkeypatch.setattr(Deployment, "orders", lambda _: table)
    monkeypatch.setattr("porchlight.cli.journeys.deployment", lambda name: Deployment({"Stack": name}))
    return table


class TestStack:
    @pytest.mark.usefixtures("stack")
    def test_history_prints_every_shops_orders_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["journeys", "history"]) == 0
        printed = [json.loads(line)["order_id"] for line in capsys.readouterr().out.splitlines()]
        assert printed == [*(f"order{index:03}" for index in range(120)), "order999"]

    @pytest.mark.usefixtures("stack")
    @pytest.mark.parametrize("most", [1, 100, 101])
    def test_history_reads_no_more_than_is_asked_for(self, capsys: pytest.CaptureFixture[str], most: int) -> None:
        assert main(["journeys", "history", "--most", str(most)]) == 0
        assert len(capsys.readouterr().out.splitlines()) == most

    @pytest.mark.usefixtures("stack")
    def test_history_names_nobody(self, capsys: pytest.CaptureFixture[str]) -> None:
        main(["journeys", "history", "--most", "3"])
        printed = capsys.readouterr().out
        assert "Linen table lamp" in printed
        assert not [name for name in PEOPLE if name in printed]

    @pytest.mark.usefixtures("stack")
    def test_what_history_prints_replays_as_the_stack_itself(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        main(["journeys", "history", "--most", "5"])
        file = tmp_path / "orders.jsonl"
        file.write_text(capsys.readouterr().out, "utf-8")
        argv = ["journeys", "replay", str(CHANGED), "--against", str(IN_FORCE), "--json", "--most", "5"]
        main([*argv, "--history", str(file)])
        from_file = capsys.readouterr().out
        main(argv)
        assert capsys.readouterr().out == from_file
        counts = json.loads(from_file.splitlines()[-1])
        assert (counts["orders"], counts["touchpoints"]["delivered"]) == (5, {"then": 5, "now": 5})
