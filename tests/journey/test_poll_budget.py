"""An account with too few calls: what matters is asked first, nothing waits for ever, no limit is exceeded."""

from datetime import datetime, timedelta

import pytest
from porchlight.domain.exchange import Budget, Kind
from porchlight.domain.records import Account, Job, Watch
from porchlight.domain.release_order import Supply
from porchlight.domain.shards import Urgency
from porchlight.pipeline.due_release import ReleasePorts, release
from porchlight.pipeline.vendor_calls import SHORT_WAIT, Caller, NoBudgetError, Tokens
from porchlight.plugins import CARRIERS

from tests.fakes import FakeAccounts, FakeTable, Parcel, Scan
from tests.journey.shop import HOUR, MINUTE, START, Shop

DAY, MILLISECOND = timedelta(days=1), timedelta(milliseconds=1)
UPS = "ups/main"


class Clerk:
    """Polling queue of a release: which jobs, and with what delay."""

    def __init__(self, budget: Budget, calls: float, *, eager: bool = False) -> None:
        self.table = FakeTable()
        self.jobs: list[tuple[str, float]] = []
        self.supplies: set[Supply] = set()
        account = Account(
            kind=Kind.CARRIERS, name=UPS, polls=True, budget=budget, calls=calls, counted_at=START, eager=eager
        )
        self.accounts = FakeAccounts(account)
        self.ports = ReleasePorts(
            schedule=self.table, accounts=self.accounts, updates=self, polling=self, messages=self, stores=self
        )

    def send(self, messages: list[Job], *, group: str, delay: timedelta = timedelta()) -> None:
        self.jobs += [(job.tracking_number, delay.total_seconds()) for job in messages]
        self.supplies |= {job.supply for job in messages}

    def watch(self, number: str, late: timedelta, urgency: Urgency = Urgency.ROUTINE) -> None:
        due_at = START - late
        self.table.watches["o1", number] = Watch(
            order_id="o1", tracking_number=number, account=UPS, since=due_at, due_at=due_at, urgency=urgency
        )

    def released(self, now: datetime = START) -> list[str]:
        self.jobs.clear()
        release(self.ports, now)
        return [number for number, _ in self.jobs]


def test_an_exhausted_account_answers_a_parcel_at_the_door_before_routine_ones() -> None:
    clerk = Clerk(Budget(calls=4, seconds=3600), calls=1)
    for index in range(40):
        clerk.watch(f"R{index}", DAY)
    clerk.watch("DOOR", MINUTE, Urgency.LIKELY)

    assert clerk.released() == ["DOOR"]
    assert clerk.supplies == {Supply.SHORT}


def test_routine_ones_leave_oldest_first_in_between_and_none_twice() -> None:
    clerk = Clerk(Budget(calls=60, seconds=60), calls=6)
    for index in range(300):
        clerk.watch(f"R{index:03}", DAY - index * MINUTE)
        clerk.watch(f"D{index:03}", HOUR, Urgency.LIKELY)

    first = clerk.released()
    clerk.accounts.spend(UPS, 6, START)
    second = clerk.released(START + MINUTE)

    assert len(first) == 60
    assert sum(one[0] == "R" for one in first) in {3, 4}
    assert not set(first) & set(second)
    assert [one for one in first + second if one[0] == "R"] == sorted(one for one in first + second if one[0] == "R")


@pytest.mark.parametrize(
    "budget", [Budget(calls=60, seconds=60), Budget(calls=200, seconds=10), Budget(calls=60, seconds=3600)]
)
def test_jobs_leave_no_faster_than_the_budget_flows_back(budget: Budget) -> None:
    """Released are the calls of the next minute, each delayed until it is free, or so nearly that it is waited for."""
    clerk = Clerk(budget, calls=budget.calls / 10)
    for index in range(2000):
        clerk.watch(f"R{index:04}", HOUR + index * timedelta(seconds=1))

    released = clerk.released()

    assert len(released) == int(budget.calls / 10 + 0.9 * budget.calls / budget.seconds * 60)
    assert max(delay for _, delay in clerk.jobs) <= 70
    for _, delay in clerk.jobs:
        now = START + timedelta(seconds=int(delay) + bool(delay))  # whole seconds, as the queue rounds
        refused_until = clerk.accounts.spend(UPS, 1, now)
        if refused_until:
            assert refused_until - now < SHORT_WAIT
            assert clerk.accounts.spend(UPS, 1, refused_until + MILLISECOND) is None


def test_new_parcels_of_a_hopeless_account_are_asked_when_one_call_tells_most() -> None:
    clerk = Clerk(Budget(calls=60, seconds=3600), calls=2)
    for index in range(1000):
        clerk.watch(f"R{index:04}", 10 * DAY - index * 12 * MINUTE)

    ages = [START - clerk.table.watches["o1", number].since for number in clerk.released()]

    assert clerk.supplies == {Supply.SCANT}
    assert all(3 * DAY - HOUR <= age <= 3 * DAY for age in ages)
    assert len(ages) == 2


def test_an_eager_account_is_told_so() -> None:
    clerk = Clerk(Budget(calls=60, seconds=60), calls=6, eager=True)
    clerk.watch("R1", MINUTE)
    assert clerk.released() == ["R1"]
    assert clerk.supplies == {Supply.PLENTY}


def test_a_parcel_at_the_door_is_asked_about_in_time_while_forty_others_wait() -> None:
    shop = Shop()
    numbers = [f"1Z999AA10123456{index:03}" for index in range(40)]
    for number in numbers:
        shop.site.parcels[number] = Parcel([Scan(START + MINUTE, "OR"), Scan(START + 70 * HOUR, "FS", "D")])
    out, delivered = START + 28 * HOUR, START + 38 * HOUR
    shop.site.parcels[numbers[0]] = Parcel([Scan(START + MINUTE, "OR"), Scan(out, "OT"), Scan(delivered, "FS", "D")])
    asked: dict[str, list[datetime]] = {number: [] for number in numbers}
    answer = shop.site._answer

    def noted(number: str) -> bytes:
        asked[number].append(shop.now)
        return answer(number)

    shop.site._answer = noted  # type: ignore[method-assign]  # only listens
    shop.ordered_and_packed(*numbers, company="UPS")
    shop.run()

    door = [at for at in asked[numbers[0]] if at > out]
    knew = next(at for at in door if at > delivered)
    others = [later - at for number in numbers[1:] for at, later in zip(asked[number], asked[number][1:], strict=False)]
    assert knew - delivered < 4 * HOUR
    assert max(others) > 14 * HOUR
    assert all(times[-1] > START + 70 * HOUR for number, times in asked.items() if number != numbers[0])


# ---- waiting for a call that is free in a moment


def caller(clerk: Clerk, waited: list[float] | None) -> Caller:
    class Site:
        def call(self, _request: object) -> bytes:
            return b"answer"

    return Caller(
        vendor=CARRIERS.get("ups"),
        kind=Kind.CARRIERS,
        account=UPS,
        credentials={},
        accounts=clerk.accounts,
        http=Site(),  # type: ignore[arg-type]  # takes any request
        tokens=Tokens(),
        now=START,
        wait=None if waited is None else waited.append,
    )


def test_a_call_that_is_free_in_a_moment_is_waited_for() -> None:
    clerk, waited = Clerk(Budget(calls=10, seconds=1), calls=0), list[float]()
    assert caller(clerk, waited).call(object()) == b"answer"  # type: ignore[arg-type]  # any request
    assert 0.1 <= sum(waited) <= 0.2


@pytest.mark.parametrize(
    ("budget", "waits"), [(Budget(calls=10, seconds=1), False), (Budget(calls=60, seconds=3600), True)]
)
def test_nobody_waits_without_a_way_to_or_for_long(budget: Budget, waits: bool) -> None:
    clerk, waited = Clerk(budget, calls=0), list[float]()
    with pytest.raises(NoBudgetError):
        caller(clerk, waited if waits else None).call(object())  # type: ignore[arg-type]  # any request
    assert waited == []
