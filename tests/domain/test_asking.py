"""Whom to ask about a parcel, and in which order."""

from datetime import UTC, datetime, timedelta

import pytest
from porchlight.domain.asking import accounts_to_ask, first_asked_at
from porchlight.domain.exchange import Budget, Kind
from porchlight.domain.records import Account

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
HOURS = timedelta(hours=1)


def account(name: str, calls: int = 100, *, polls: bool = True) -> Account:
    budget = Budget(calls=calls, seconds=3600)
    return Account(kind=Kind.CARRIERS, name=name, polls=polls, budget=budget, calls=1, counted_at=NOW)


UPS, FEDEX, DHL, TNT = (account(f"{code}/main") for code in ("ups", "fedex", "dhl_unified", "tnt"))
EASYPOST, TRACK17 = account("easypost/a", 1000), account("17track/b", 10)
ALL = [EASYPOST, TRACK17, UPS, FEDEX, DHL, TNT]


@pytest.mark.parametrize(
    ("carrier", "accounts", "asked"),
    [
        ("ups", ALL, ["ups/main"]),
        ("dhl_express", ALL, ["dhl_unified/main"]),
        ("tnt", ALL, ["tnt/main", "fedex/main"]),
        ("tnt", [FEDEX, EASYPOST], ["fedex/main"]),
        ("evri", ALL, ["easypost/a"]),
        ("evri", [TRACK17, UPS], ["17track/b"]),
        ("17track", ALL, ["17track/b"]),
        ("some_word", [EASYPOST], ["easypost/a"]),
        ("evri", [UPS, FEDEX], []),
        ("ups", [account("ups/old", polls=False)], []),
        ("ups", [account("ups/small", 10), account("ups/large", 1000)], ["ups/large", "ups/small"]),
    ],
)
def test_a_named_carrier_is_asked_itself_then_its_group_and_an_aggregator_only_instead(
    carrier: str, accounts: list[Account], asked: list[str]
) -> None:
    assert list(accounts_to_ask(carrier, {"fedex": 0.9}, accounts)) == asked


@pytest.mark.parametrize(
    ("candidates", "asked"),
    [
        ({"ups": 0.97}, ["ups/main", "easypost/a"]),
        ({"fedex": 0.3, "ups": 0.6}, ["ups/main", "fedex/main", "easypost/a"]),
        ({"ups": 0.42, "fedex": 0.38}, ["fedex/main", "ups/main", "easypost/a"]),  # about as likely, and cheaper
        ({"dhl_express": 0.5, "ups": 0.1}, ["dhl_unified/main", "ups/main", "easypost/a"]),
        ({"evri": 0.9}, ["easypost/a"]),
        ({}, ["easypost/a"]),
    ],
)
def test_a_number_alone_is_asked_about_by_likelihood_and_at_one_aggregator_in_the_end(
    candidates: dict[str, float], asked: list[str]
) -> None:
    cheap = FEDEX.model_copy(update={"budget": Budget(calls=500, seconds=3600)})
    accounts = [cheap if one is FEDEX else one for one in ALL]
    assert list(accounts_to_ask("", candidates, accounts)) == asked


def test_the_order_of_the_accounts_does_not_matter() -> None:
    for carrier, candidates in (("tnt", {}), ("", {"ups": 0.5, "fedex": 0.5})):
        assert accounts_to_ask(carrier, candidates, ALL) == accounts_to_ask(carrier, candidates, ALL[::-1])


def test_a_new_parcel_is_asked_about_at_once_and_old_ones_one_after_the_other() -> None:
    later = NOW + 24 * HOURS
    assert first_asked_at("A1", None, NOW, later) == first_asked_at("A1", NOW - 20 * HOURS, NOW, later) == NOW
    times = sorted(first_asked_at(f"A{index}", NOW - 50 * HOURS, NOW, later) for index in range(1000))
    assert times[0] >= NOW
    assert times[-1] < later
    busiest = max(sum(begin <= one < begin + HOURS for one in times) for begin in times)
    assert busiest < 90, "a thousand parcels in 24 hours are some 42 an hour"
