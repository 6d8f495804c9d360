"""A helpdesk's export: which columns, which dates, what is left out, and that no address is ever told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.cli import CommandError
from porchlight.cli._tickets import Ticket, read_columns, read_tickets
from porchlight.cli._written_dates import DateOrder, date_order, read_date
from porchlight.domain.links import person_digest

ADA = person_digest("ada@example.com")
NOON = datetime(2026, 5, 18, 12, 0, tzinfo=UTC)


def read(text: str | bytes, *, zone: str = "UTC", order: DateOrder | None = None, **columns: str):
    data = text if isinstance(text, bytes) else text.encode()
    tickets, complaints = read_tickets(data, columns, zone, order)
    return tickets, [str(one) for one in complaints]


@pytest.mark.parametrize(
    "header",
    [
        "Id,Requester email,Created at,Order number",
        "Ticket id,Customer email,Creation date,Order",
        "Ticket ID;Email;Created time;Order No",
        "Number\tCustomer Email\tCreated At\tOrder name",
    ],
)
def test_usual_headers_are_known_whatever_the_delimiter(header: str) -> None:
    sign = next(one for one in ",;\t" if one in header)
    row = sign.join(("7", "Ada@Example.com", "2026-05-18T12:00:00Z", "#1001"))
    assert read(f"{header}\n{row}\n") == ([Ticket(NOON, ADA, "#1001")], [])


def test_of_several_columns_the_shoppers_address_and_the_tickets_beginning_count() -> None:
    head = "Date,Email,Assignee email,Requester email,Created at,Updated at"
    row = "2020-01-01,agent@shop.example,agent@shop.example,ada@example.com,2026-05-18 12:00,2026-09-09 09:09"
    assert read(f"{head}\n{row}") == ([Ticket(NOON, ADA, "")], [])


def test_columns_may_be_named_in_any_script() -> None:
    text = "تاريخ الإنشاء,البريد,الاسم\n2026-05-18 12:00,ada@example.com,ليلى\n"
    assert read(text, time="تاريخ الإنشاء", mail="البريد") == ([Ticket(NOON, ADA, "")], [])


def test_byte_order_mark_quoted_lines_and_names_with_addresses_are_read() -> None:
    body = "x" * 200_000
    text = f'Created at,From,Subject\r\n2026-05-18 12:00,"""ليلى, A."" <ada@example.com>","where\r\nis it? {body}"\r\n'
    assert read(b"\xef\xbb\xbf" + text.encode()) == ([Ticket(NOON, ADA, "")], [])


def test_bad_rows_are_told_by_their_line_and_never_repeat_an_address() -> None:
    text = "\n".join(
        (
            "Created at,Email,Order",
            '2026-05-18 12:00,"ada@example.com",""',
            "secret@example.com,secret@example.com,",
            ",secret@example.com,",
            "2026-05-18,Secret Name,#",
            "2026-02-30,secret@example.com,",
            "2026-05-18,secret@example.com,#1001,secret@example.com",
            "2026-05-18,Secret Name," + "9" * 101,
        )
    )
    tickets, told = read(text)
    assert tickets == [Ticket(NOON, ADA, "")]
    assert told == [
        "3: the date is no date that can be read; write it as 2026-05-18 10:15",
        "4: says not when it came",
        "5: has neither an address nor an order number",
        "6: the date is no day or time of the calendar",
        "7: has more cells than the header has columns",
        "8: has neither an address nor an order number",
    ]
    assert "secret" not in " ".join(told).casefold()


@pytest.mark.parametrize(
    ("text", "columns", "told"),
    [
        ("Email\nada@example.com", {}, "no column says when a ticket came: name it with --columns time=<its name>"),
        ("Created at,Name\n1,2", {}, "no column says who wrote, or about which order: name it with --columns mail"),
        ("Created at,Email\n1,2", {"mail": "Kunde"}, "no column is named Kunde"),
        ("", {}, "no column says when"),
        ("Created at,E-Mail,Email\n1,2,3", {}, "two columns are email"),
    ],
)
def test_file_that_says_not_when_or_who_is_refused(text: str, columns: dict[str, str], told: str) -> None:
    with pytest.raises(CommandError, match=f"^{told}"):
        read(text, **columns)


def test_columns_are_named_as_they_are_written() -> None:
    assert read_columns("") == {}
    assert read_columns("time=Erstellt, am,mail=Kunde=Mail") == {"time": "Erstellt, am", "mail": "Kunde=Mail"}
    for wrong in ("Erstellt", "date=Erstellt", "x,time=Erstellt"):
        with pytest.raises(CommandError, match="is not like time=<column>"):
            read_columns(wrong)


# ---- dates


@pytest.mark.parametrize(
    "written",
    [
        "2026-05-18 12:00",
        "2026-05-18T12:00:00.123Z",
        "2026-05-18 14:00:00 +0200",
        "2026/05/18 12:00 UTC",
        "05/18/2026 12:00 PM",
        "5/18/2026, 12:00:00 p.m.",
        "18.05.2026 12:00",
        "18-05-2026 12:00",
        "18 May 2026 12:00",
        "Mon, 18 May 2026 14:00:00 +0200",
        "May 18, 2026 at 12:00 PM",
        "Monday, May 18, 2026 12:00 pm",
        "٢٠٢٦-٠٥-١٨ ١٢:٠٠",
    ],
)
def test_moment_is_read_as_it_is_usually_written(written: str) -> None:
    assert read_date(written, "UTC", None) == NOON


def test_time_without_an_offset_is_of_the_given_zone() -> None:
    assert read_date("2026-05-18 14:00", "Europe/Berlin", None) == NOON
    assert read_date("2026-05-18 12:00 UTC", "Europe/Berlin", None) == NOON


def test_date_alone_is_the_end_of_its_day() -> None:
    assert read_date("2026-05-18", "Asia/Tokyo", None) == datetime(2026, 5, 18, 14, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("hour", [0, 1, 11, 12, 13, 23])
def test_twelve_hours_twice_a_day(hour: int) -> None:
    written = datetime(2026, 5, 18, hour, 30, tzinfo=UTC)
    assert read_date(f"{written:%m/%d/%Y %I:%M %p}", "UTC", None) == written


def test_date_that_may_be_read_both_ways_is_an_error_until_something_tells() -> None:
    with pytest.raises(ValueError, match="--dates day-first or --dates month-first"):
        read_date("05/06/2026", "UTC", None)
    assert read_date("05/06/2026 00:00", "UTC", DateOrder.DAY) == datetime(2026, 6, 5, tzinfo=UTC)
    assert read_date("05/06/2026 00:00", "UTC", DateOrder.MONTH) == datetime(2026, 5, 6, tzinfo=UTC)
    assert read_date("05/05/2026 00:00", "UTC", None) == datetime(2026, 5, 5, tzinfo=UTC)


def test_another_date_of_the_column_tells_and_two_that_contradict_do_not() -> None:
    head = "Created at,Email\n"
    sixth = "05/06/2026 10:00,ada@example.com\n"
    assert read(head + sixth)[0] == []
    assert read(head + sixth + "05/18/2026,ada@example.com")[0][0].at == datetime(2026, 5, 6, 10, tzinfo=UTC)
    assert read(head + sixth + "18/05/2026,ada@example.com")[0][0].at == datetime(2026, 6, 5, 10, tzinfo=UTC)
    tickets, told = read(head + sixth + "18/05/2026,ada@example.com\n05/18/2026,ada@example.com")
    assert (len(tickets), len(told)) == (2, 1)
    assert date_order(["18.05.2026", "2026-05-18", "soon", ""]) is None


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), st.sampled_from(DateOrder))  # noqa: DTZ001
def test_what_is_written_one_way_is_read_that_way(moment: datetime, order: DateOrder) -> None:
    wanted = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    day = f"{moment.day:02}/{moment.month:02}" if order is DateOrder.DAY else f"{moment.month:02}/{moment.day:02}"
    assert read_date(f"{day}/{moment.year:04} {moment:%H:%M}", "UTC", order) == wanted
    assert read_date(f"{moment.year:04}-{moment:%m-%d %H:%M}", "UTC", order) == wanted


@given(st.text() | st.from_regex(r"[0-9/.:\- ]{6,20}"), st.none() | st.sampled_from(DateOrder))
def test_any_cell_is_a_moment_or_an_error_that_does_not_repeat_it(cell: str, order: DateOrder | None) -> None:
    told = ""
    try:
        assert read_date(cell, "Pacific/Kiritimati", order).utcoffset() == timedelta()
    except ValueError as error:
        told = str(error)
    assert told.startswith(("is no ", "may be read", "has a month")) or not told


@given(st.binary() | st.text().map(str.encode))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    try:
        tickets, _ = read_tickets(b"Created at,Email\n" + data, {}, "UTC")
    except CommandError:
        return
    assert all(one.person or one.number for one in tickets)
