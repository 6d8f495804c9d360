"""`import`: a spreadsheet in, the generic store's messages out; everything wrong is told by line and column."""

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import time_machine
from moto import mock_aws
from porchlight.aws.deployment import Deployment
from porchlight.aws.queues import SqsQueue
from porchlight.cli import main
from porchlight.cli._columns import COLUMNS
from porchlight.domain.errors import TransientError
from porchlight.domain.exchange import Envelope
from porchlight.domain.records import ConnectionSecrets
from porchlight.normalised import normalised_store
from porchlight.plugins import STORES

from tests.contract.cases import RECEIVED_AT

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
CHANGED = "2026-05-25T08:00:00Z"
CHANGED_TEXT = "2026-05-25T08:00:00.000Z"
OUTAGE = "out of reach"
STORE = ["--store", "generic/main"]
HEAD = "order number,placed at,email,title,quantity,tracking number"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Imports a text or bytes; gives the status, the objects printed and the lines told."""

    def imported(text: str | bytes, *options: str) -> tuple[int, list[dict[str, Any]], list[str]]:
        file = tmp_path / "orders.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        moment = RECEIVED_AT.fromisoformat(CHANGED).timestamp()
        os.utime(file, (moment, moment))
        status = main(["import", str(file), *STORE, *(options or ("--dry-run",))])
        written = capsys.readouterr()
        told = [line.removeprefix(f"{file}:") for line in written.err.splitlines()]
        return status, [json.loads(line) for line in written.out.splitlines()], told

    return imported


def table(*rows: str, head: str = HEAD) -> str:
    return "\n".join((head, *rows))


def test_example_of_the_page_is_what_it_says(run: Any) -> None:
    status, updates, told = run(EXAMPLE)
    assert (status, told) == (0, [])
    liesbeth, pieter = updates
    order = liesbeth["order"]
    assert (order["number"], order["placed_at"], order["updated_at"]) == (
        "KC-1042",
        "2026-05-18T09:02:00.000Z",
        CHANGED_TEXT,
    )
    assert order["shopper"]["email"] == "liesbeth.verhoeven@example.com"
    assert order["destination"] == {"city": "Utrecht", "region": "", "postal_code": "", "country": "NL"}
    assert [(one["title"], one["quantity"], one["price"]) for one in order["items"]] == [
        ("Breakfast bowl", 2, "24.50"),
        ("Tasting spoon", 1, "18.50"),
    ]
    packed = [
        (one["parcels"][0]["tracking_number"], one["created_at"], one["items"]) for one in liesbeth["fulfilments"]
    ]
    bowl, spoon = (one["line_id"] for one in order["items"])
    assert packed == [
        ("3SKABC123456789", "2026-05-19T12:00:00.000Z", [{"line_id": bowl, "quantity": 2}]),
        ("1Z9999W99999999919", "2026-05-20T12:00:00.000Z", [{"line_id": spoon, "quantity": 1}]),
    ]
    assert [one["parcels"][0]["carrier"] for one in liesbeth["fulfilments"]] == ["postnl", "ups"]
    assert (pieter["vendor_order_id"], pieter["fulfilments"]) == ("KC-1043", [])
    assert pieter["order"]["placed_at"] == "2026-05-18T12:00:00.000Z"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_mark_and_line_ends_do_not_matter(run: Any, delimiter: str, mark: bytes, end: str) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=end).writerows(
        csv.reader(io.StringIO(EXAMPLE), delimiter=";")
    )
    assert run(mark + written.getvalue().encode()) == run(EXAMPLE)


def test_names_and_order_of_columns_do_not_matter(run: Any) -> None:
    one = run(table("A1,2026-05-18,a@example.com,Mug,2,3SKABC1"))
    other = run(
        table("3SKABC1,2,Mug,a@example.com,2026-05-18,A1", head="TRACKING-NO,Qty,Item  Name,E-Mail,Order_Date,Order")
    )
    assert one == other
    assert one[0] == 0


def test_column_nobody_knows_is_told_and_not_read(run: Any) -> None:
    status, [update], told = run(table("A1,2026-05-18,blue", head="order,date,Favourite colour"))
    assert (status, told) == (0, ["1: Favourite colour: nobody knows this column; it is not read"])
    assert "blue" not in json.dumps(update)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("email", "a at example.com", "should be a mail address"),
        ("placed_at", "05/06/2026", "should be a date such as 2026-05-18"),
        ("placed_at", "2026-02-30", "should be a date such as 2026-05-18"),
        ("placed_at", "2026-05-18 11:02", "--zone"),
        ("promised_on", "soon", "should be a date"),
        ("country", "Netherlands", "ISO 3166-1"),
        ("currency", "euro", "ISO 4217"),
        ("total", '"1.640,00"', "decimal text"),
        ("total", '"1,640"', "decimal text"),
        ("price", "-1", "decimal text"),
        ("quantity", "two", "valid integer"),
        ("quantity", "0", "greater than or equal to 1"),
        ("tracking_number", "9.40E+21", "has rounded this number"),
        ("tracking_number", '"9,40010E+21"', "has rounded this number"),
        ("tracking_number", '"A1,B2"', "one number"),
        ("tracking_number", "--", "should be a tracking number"),
        ("tracking_url", "www.example.com", "https://"),
        ("marketing_consent", "maybe", "yes or no"),
        ("locale", "dutch language", "BCP 47"),
    ],
)
def test_bad_cell_is_told_by_line_and_column_and_never_quoted(run: Any, column: str, cell: str, reason: str) -> None:
    head = ["order", "date", "item", "My " + column if column == "placed_at" else column]
    if column == "placed_at":
        head = ["order", "item", "updated at", "Placed At"]
    good, bad = ["A1", "2026-05-18", "Mug", ""], ["A2", "2026-05-18", "Mug", cell]
    if column == "placed_at":
        good, bad = ["A1", "Mug", "2026-05-19", "2026-05-18"], ["A2", "Mug", "2026-05-19", cell]
    status, updates, [told] = run(table(",".join(good), ",".join(bad), head=",".join(head)))
    assert status == 1
    assert [one["vendor_order_id"] for one in updates] == ["A1"]
    assert told.startswith(f"3: {head[3]}: ")
    assert reason in told
    assert cell.strip('"') not in told


def test_every_mistake_is_told_at_once_in_the_order_of_lines(run: Any) -> None:
    text = table(
        "A1,2026-05-18,a@example.com,Mug,0,",
        ",2026-05-18,b@example.com,Mug,1,",
        "A3,2026-05-18,c@example.com,Mug,1,,,,too many",
        "A4,2026-05-18,d at example.com,Mug,x,",
        "A5,2026-05-18,e@example.com,Mug,1,",
    )
    status, [update], told = run(text)
    assert status == 1
    assert update["vendor_order_id"] == "A5"
    assert [line.rpartition(": ")[0] for line in told] == ["2: quantity", "3", "4", "5: email", "5: quantity"]


@pytest.mark.parametrize(
    ("row", "where"), [("A1,,,Bowl,many,", "3: quantity: "), ("A1,,,Bowl,1,,,,one more", "3: has more")]
)
def test_order_with_a_mistake_in_one_row_is_left_out_whole(run: Any, row: str, where: str) -> None:
    status, updates, [told] = run(table("A1,2026-05-18,a@example.com,Mug,1,", row))
    assert (status, updates) == (1, [])
    assert told.startswith(where)


def test_rows_that_disagree_about_their_order_are_told(run: Any) -> None:
    text = table("A1,2026-05-18,a@example.com,Mug,1,", "A2,2026-05-18,,Mug,1,", "A1,,other@example.com,Bowl,1,")
    status, [update], told = run(text)
    assert (status, update["vendor_order_id"]) == (1, "A2")
    assert told == ["4: email: is not what line 2 says"]


def test_rows_of_an_order_need_not_stand_together(run: Any) -> None:
    _, updates, _ = run(table("A1,2026-05-18,a@example.com,Mug,1,", "A2,2026-05-18,,Pot,1,", "A1,,,Bowl,1,"))
    assert [(one["vendor_order_id"], len(one["order"]["items"])) for one in updates] == [("A1", 2), ("A2", 1)]


def test_item_in_two_parcels_is_one_line_with_all_its_pieces(run: Any) -> None:
    _, [update], _ = run(table("A1,2026-05-18,a@example.com,Mug,1,X1", "A1,,,Mug,2,Y2"))
    [item] = update["order"]["items"]
    assert item["quantity"] == 3
    assert [one["items"][0]["quantity"] for one in update["fulfilments"]] == [1, 2]
    assert {one["items"][0]["line_id"] for one in update["fulfilments"]} == {item["line_id"]}


def test_two_items_in_one_parcel_are_one_packing(run: Any) -> None:
    _, [update], _ = run(table("A1,2026-05-18,a@example.com,Mug,1,x 1", "A1,,,Bowl,2,X1"))
    [packing] = update["fulfilments"]
    assert [one["tracking_number"] for one in packing["parcels"]] == ["X1"]
    assert len(packing["items"]) == 2


def test_item_shipped_without_a_number_left_untracked(run: Any) -> None:
    _, [update], _ = run(table("A1,2026-05-18,Mug,2026-05-19", head="order,date,item,ship date"))
    [packing] = update["fulfilments"]
    assert (packing["parcels"], len(packing["items"])) == ([], 1)


def test_corrected_number_replaces_the_wrong_one(run: Any) -> None:
    [(_, [before], _), (_, [after], _)] = [run(table(f"A1,2026-05-18,,Mug,1,{one}")) for one in ("WRONG1", "RIGHT1")]
    assert before["fulfilments"][0]["fulfilment_id"] == after["fulfilments"][0]["fulfilment_id"]


def test_file_may_only_add_tracking_numbers(run: Any) -> None:
    status, [update], told = run(table("A1,3SKABC1", head="order,tracking"))
    assert (status, told, update["order"]) == (0, [], None)
    assert update["fulfilments"][0]["updated_at"] == CHANGED_TEXT


def test_order_that_is_told_needs_its_date_and_an_item_its_title(run: Any) -> None:
    status, updates, told = run(table("A1,,a@example.com,,,X1", "A2,2026-05-18,,,2,"))
    assert (status, updates) == (1, [])
    assert told == ["2: placed at: is needed where the order is told", "3: title: is needed where an item is told"]


def test_row_that_says_nothing_about_its_order_is_told(run: Any) -> None:
    status, updates, told = run(table("A1", head="order"))
    assert (status, updates) == (1, [])
    assert told[0].startswith("2: should say something")


def test_id_in_the_first_row_alone_is_that_of_all(run: Any) -> None:
    text = table("9001,#1,2026-05-18,Mug", ",#1,,Bowl", head="order id,order,date,item")
    _, [update], _ = run(text)
    assert (update["vendor_order_id"], update["order"]["number"]) == ("9001", "#1")
    assert len(update["order"]["items"]) == 2


@pytest.mark.parametrize(
    ("cell", "zone", "moment"),
    [
        ("2026-05-18", None, "2026-05-18T12:00:00.000Z"),
        ("2026-05-18", "Pacific/Auckland", "2026-05-18T00:00:00.000Z"),
        ("2026-05-18 11:02", "Europe/Amsterdam", "2026-05-18T09:02:00.000Z"),
        ("2026-01-18 11:02", "Europe/Amsterdam", "2026-01-18T10:02:00.000Z"),
        ("2026-05-18T11:02:03+02:00", "America/New_York", "2026-05-18T09:02:03.000Z"),
        ("2026-05-18 11:02:03 -0500", None, "2026-05-18T16:02:03.000Z"),
        ("2026-05-18T11:02Z", None, "2026-05-18T11:02:00.000Z"),
    ],
)
def test_time_is_read_with_its_precision(run: Any, cell: str, zone: str | None, moment: str) -> None:
    options = ["--dry-run", *(["--zone", zone] if zone else [])]
    _, [update], _ = run(table(f"A1,{cell},,Mug,1,"), *options)
    assert update["order"]["placed_at"] == moment


def test_cell_with_line_breaks_and_quotes_keeps_the_line_numbers_right(run: Any) -> None:
    text = table('A1,2026-05-18,,"Mug ""blue""\nhandmade",1,', "A2,2026-05-18,,Pot,none,")
    _, [update], told = run(text)
    assert update["order"]["items"][0]["title"] == 'Mug "blue"\nhandmade'
    assert told[0].startswith("4: quantity: ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"order;date\nA1;M\xfcller", "not UTF-8"),
        (b"", "no column says which order"),
        (b"name,colour\nA1,blue", "no column says which order"),
        (b"order,Order number\nA1,A1", "two columns are order_number"),
        (b'order,item\nA1,"Mug', "nothing was read"),
    ],
)
def test_file_that_is_no_such_table_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes, reason: str
) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(text)
    assert main(["import", str(file), *STORE, "--dry-run"]) == 2
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--store", "shopify/main"], "a connection of the generic store"),
        (["--store", "generic"], "a connection of the generic store"),
        ([*STORE, "--zone", "Middle Earth"], "there is no time zone"),
        ([*STORE, "--zone", "../etc"], "there is no time zone"),
    ],
)
def test_wrong_option_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], reason: str
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(EXAMPLE)
    assert main(["import", str(file), *options, "--dry-run"]) == 2
    assert reason in capsys.readouterr().err


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, str]]:
    """A stack with one connection and a real queue adapter."""
    with mock_aws(), time_machine.travel(RECEIVED_AT, tick=False):
        sqs = botocore.session.get_session().create_client("sqs", region_name="us-east-1")
        url = sqs.create_queue(QueueName="updates")["QueueUrl"]
        known = {"main": ConnectionSecrets(webhook_secrets=("secret",))}
        monkeypatch.setattr(Deployment, "secrets", lambda _, kind, code, name: known.get(name))
        monkeypatch.setattr(Deployment, "updates", lambda _: SqsQueue(sqs, url))
        monkeypatch.setattr("porchlight.cli.import.deployment", lambda name: Deployment({"Stack": name}))
        yield sqs, url


def received(queue: tuple[Any, str]) -> list[Envelope]:
    sqs, url = queue
    found = []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        found += [Envelope.model_validate_json(one["Body"]) for one in batch]
    return found


def test_orders_end_on_the_queue_as_what_the_store_reads(run: Any, queue: tuple[Any, str]) -> None:
    _, shown, _ = run(EXAMPLE)
    status, printed, told = run(EXAMPLE, "--stack", "porchlight")
    assert (status, printed, told) == (0, [{"orders": 2, "wrong": 0}], [])
    store = STORES.get("generic")
    learnt = []
    for envelope in received(queue):
        assert (envelope.code, envelope.connection, envelope.origin) == ("generic", "main", "webhook")
        topic = store.topic(envelope.webhook_request())
        learnt += store.parse(topic, envelope.body, received_at=envelope.received_at)
    assert [normalised_store(update) for update in learnt] == shown


def test_import_that_is_repeated_is_the_same_deliveries(run: Any, queue: tuple[Any, str]) -> None:
    run(EXAMPLE, "--stack", "porchlight")
    first = received(queue)
    run(EXAMPLE, "--stack", "porchlight")
    assert [one.delivery_id for one in received(queue)] == [one.delivery_id for one in first]
    assert len({one.delivery_id for one in first}) == 2


def test_good_orders_are_sent_beside_bad_ones(run: Any, queue: tuple[Any, str]) -> None:
    status, printed, told = run(table("A1,2026-05-18,,Mug,1,", "A2,2026-05-18,,Mug,none,"), "--stack", "porchlight")
    assert (status, printed, len(told)) == (1, [{"orders": 1, "wrong": 1}], 1)
    assert len(received(queue)) == 1


def test_import_goes_on_where_it_broke_off(run: Any, queue: tuple[Any, str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = table(*(f"A{number},2026-05-18,,Mug,1," for number in range(25)))
    send, calls = SqsQueue.send, iter([True, False])

    def once(self: SqsQueue, messages: Any, *, group: str) -> None:
        if not next(calls):
            raise TransientError(OUTAGE)
        send(self, messages, group=group)

    monkeypatch.setattr(SqsQueue, "send", once)
    status, _, [told] = run(text, "--stack", "porchlight")
    assert status == 2
    assert "go on with --from-line 12" in told
    monkeypatch.setattr(SqsQueue, "send", send)
    assert run(text, "--from-line", "12") == (0, [{"orders": 15, "wrong": 0}], [])
    assert len(received(queue)) == 25


def test_connection_that_does_not_exist_is_refused(run: Any, queue: tuple[Any, str]) -> None:
    status, printed, [told] = run(EXAMPLE, "--store", "generic/nobody")
    assert (status, printed) == (2, [])
    assert "there is no connection nobody" in told


def test_page_lists_every_column_with_its_other_names() -> None:
    for column in COLUMNS:
        assert f"`{column.name}`" in PAGE
        assert all(name.strip() in PAGE for name in column.also.split(","))
