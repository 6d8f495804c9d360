"""How the channels are: the fake and the adapter under one contract."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from porchlight.aws.channels import KNOWN_FOR
from porchlight.aws.customers import DynamoCustomers
from porchlight.domain.channel_health import DAYS, HEALTHY, Harm, Judged, refused
from porchlight.domain.errors import ConflictError
from porchlight.domain.groups import SHARDS

from tests.aws.conftest import Ports
from tests.domain.stories import START

NOW = START + timedelta(days=30)
DAY = timedelta(days=1)
FIRST = refused(None, "mail: SendingPausedException", NOW)


def test_an_unknown_channel_is_well(ports: Ports) -> None:
    assert ports.customers.suspension("email", NOW) is None
    assert ports.customers.health("email", NOW) == HEALTHY


def test_a_suspension_is_stored_for_its_channel(ports: Ports) -> None:
    ports.customers.keep_suspension("email", FIRST)

    assert ports.customers.suspension("email", NOW) == FIRST
    assert ports.customers.health("email", NOW).suspension == FIRST
    assert ports.customers.suspension("sms", NOW) is None


def test_of_two_who_note_a_suspension_one_counts(ports: Ports) -> None:
    ports.customers.keep_suspension("email", FIRST)
    with pytest.raises(ConflictError):
        ports.customers.keep_suspension("email", refused(None, "another", NOW))
    asking = FIRST.asked_by_one(NOW)
    ports.customers.keep_suspension("email", asking)
    with pytest.raises(ConflictError):
        ports.customers.keep_suspension("email", FIRST.asked_by_one(NOW))
    ports.customers.keep_suspension("email", asking.ended(NOW))

    known = ports.customers.suspension("email", NOW)
    assert known
    assert (known.version, known.over_since, known.reason) == (3, NOW, FIRST.reason)


def test_what_a_provider_judges_by_is_counted_over_the_last_days(ports: Ports) -> None:
    for days in (0, 1, DAYS, DAYS + 2):
        ports.customers.count_sent("email", f"m{days}", NOW - days * DAY)
    ports.customers.count_sent("sms", "m", NOW)
    ports.customers.count_against("email", Harm.COMPLAINT, "p1", NOW)

    assert ports.customers.health("email", NOW).judged == Judged(sent=3, complaints=1)


def test_a_bounce_told_again_counts_once(ports: Ports) -> None:
    for _ in range(3):
        ports.customers.count_against("email", Harm.BOUNCE, "p1", NOW)
    ports.customers.count_against("email", Harm.BOUNCE, "p2", NOW)
    ports.customers.count_against("email", Harm.COMPLAINT, "p1", NOW)

    assert ports.customers.health("email", NOW).judged == Judged(bounces=2, complaints=1)


# ---- what only the adapter promises


def test_a_process_that_knows_of_none_asks_once_a_minute(dynamodb: Any) -> None:
    mine, theirs = DynamoCustomers(dynamodb, "CustomersTable"), DynamoCustomers(dynamodb, "CustomersTable")
    assert mine.suspension("email", NOW) is None
    assert mine.health("email", NOW) == HEALTHY
    theirs.keep_suspension("email", FIRST)

    soon = NOW + KNOWN_FOR - timedelta(seconds=1)
    assert mine.suspension("email", soon) is None
    assert mine.health("email", soon) == HEALTHY
    assert mine.suspension("email", NOW + KNOWN_FOR) == FIRST
    assert mine.health("email", NOW + KNOWN_FOR).suspension == FIRST


def test_while_it_is_suspended_nothing_is_remembered(dynamodb: Any) -> None:
    """Who remembered it would go on waiting when another has found it over."""
    mine, theirs = DynamoCustomers(dynamodb, "CustomersTable"), DynamoCustomers(dynamodb, "CustomersTable")
    mine.keep_suspension("email", FIRST)
    assert mine.suspension("email", NOW) == FIRST
    theirs.keep_suspension("email", FIRST.ended(NOW))

    assert mine.suspension("email", NOW) == FIRST.ended(NOW)


def test_who_loses_the_race_looks_again_at_once(dynamodb: Any) -> None:
    mine, theirs = DynamoCustomers(dynamodb, "CustomersTable"), DynamoCustomers(dynamodb, "CustomersTable")
    assert mine.suspension("email", NOW) is None
    theirs.keep_suspension("email", FIRST)
    with pytest.raises(ConflictError):
        mine.keep_suspension("email", refused(None, "paused", NOW))

    assert mine.suspension("email", NOW) == FIRST


@pytest.mark.usefixtures("one_call_at_a_time")
def test_many_who_ask_at_once_are_one(dynamodb: Any) -> None:
    DynamoCustomers(dynamodb, "CustomersTable").keep_suspension("email", FIRST)

    def asks(_: int) -> bool:
        try:
            DynamoCustomers(dynamodb, "CustomersTable").keep_suspension("email", FIRST.asked_by_one(NOW))
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(asks, range(16))) == 1


def test_what_is_counted_is_spread_over_rows_names_nobody_and_ends(dynamodb: Any) -> None:
    customers = DynamoCustomers(dynamodb, "CustomersTable")
    for number in range(40):
        customers.count_sent("email", f"order{number}", NOW)
    customers.count_against("email", Harm.BOUNCE, "p1", NOW)

    items = dynamodb.scan(TableName="CustomersTable")["Items"]
    days = [item for item in items if item["item"]["S"].startswith("day#")]
    assert len(days) == SHARDS
    assert sum(int(item["sent"]["N"]) for item in days) == 40
    assert len(items) == SHARDS + 1
    assert {item["customer"]["S"] for item in items} == {"channel#email"}
    assert all(float(item["expires_at"]["N"]) > (NOW + DAYS * DAY).timestamp() for item in items)
