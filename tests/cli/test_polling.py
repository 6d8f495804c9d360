"""`polling plan`: what to expect of a call limit, and what to do about it."""

import json
import re
from pathlib import Path

import pytest
from porchlight.cli import main
from porchlight.cli.polling import advice_on
from porchlight.domain.budgets import refill_rate
from porchlight.domain.exchange import Budget
from porchlight.domain.release_order import Supply
from porchlight.forecast.plan import USD_PER_POLL, Plan, limit_for
from porchlight.plugins import CARRIERS

BENCHMARKS = (Path(__file__).parents[2] / "docs" / "benchmarks.md").read_text(encoding="utf-8")
MOMENTS = ("out_for_delivery", "exception", "delivered")


def planned(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, object]:
    assert main(["polling", "plan", "--json", *argv]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_a_hopeless_limit_is_called_so_and_the_remedy_named(capsys: pytest.CaptureFixture[str]) -> None:
    told = planned(capsys, "--carrier", "usps", "--open", "50000")
    assert told["supply"] == "scant"
    assert told["calls_allowed"] == 1296
    assert {moment: told["freshness"][moment]["median_hours"] for moment in MOMENTS} == dict.fromkeys(MOMENTS)
    assert re.fullmatch(
        r"Far too few calls: 0\.03 a day for each parcel\. Most news will come late or never\. Either ask for "
        r"[89],\d{3} calls in 3600 s, or switch on the push of USPS\.",
        told["advice"],
    )


def test_an_ample_limit_knows_the_door_within_the_hour(capsys: pytest.CaptureFixture[str]) -> None:
    told = planned(capsys, "--carrier", "usps", "--open", "200", "--calls", "600", "--seconds", "3600")
    assert told["supply"] == "ample"
    assert told["freshness"]["delivered"]["median_hours"] < 1.2
    assert told["freshness"]["delivered"]["known"] == 1
    assert told["calls_used"] == pytest.approx(told["calls_wanted"], rel=0.1)
    assert told["calls_used"] < told["calls_allowed"]
    assert told["usd_a_month"] == round(30 * told["calls_used"] * USD_PER_POLL, 2)


def test_text_has_a_line_for_each_moment(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["polling", "plan", "--carrier", "usps", "--open", "20000"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "USPS: 60 calls in 3600 s, 20,000 open parcels"
    for moment in MOMENTS:
        (line,) = [one for one in lines if one.startswith(moment.replace("_", " "))]
        assert re.search(r"> 96 h +> 96 h +\d% +\d+%$", line)


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (("--carrier", "usps", "--open", "0"), "--open takes a number from 1 to 10000000"),
        (
            ("--carrier", "usps", "--open", "5", "--calls", "1"),
            "a budget is at least two calls in a positive number of seconds",
        ),
        (
            ("--carrier", "usps", "--open", "5", "--seconds", "0"),
            "a budget is at least two calls in a positive number of seconds",
        ),
        (("--carrier", "nobody", "--open", "5"), "no plug-in of this code in porchlight.carriers"),
    ],
)
def test_bad_input_is_one_line(argv: tuple[str, ...], error: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["polling", "plan", *argv]) == 2
    assert capsys.readouterr().err == f"porchlight polling: {error}\n"


@pytest.mark.parametrize(
    ("supply", "used", "words"),
    [
        (Supply.AMPLE, 100, "--eager"),
        (Supply.AMPLE, 900, "suffices"),
        (Supply.PLENTY, 100, "suffices"),
        (Supply.SHORT, 1000, "Calls are short"),
        (Supply.SCANT, 1000, "Far too few"),
    ],
)
def test_each_supply_has_its_advice(supply: Supply, used: int, words: str) -> None:
    made = Plan(
        open_parcels=500,
        calls_allowed=1000,
        calls_wanted=2000,
        calls_used=used,
        fixed_interval_hours=12,
        supply=supply,
        freshness={},
        usd_a_month=1,
    )
    assert words in advice_on(made, CARRIERS.get("usps"), Budget(calls=60, seconds=3600))


@pytest.mark.parametrize("budget", [Budget(calls=60, seconds=3600), Budget(calls=2, seconds=60)])
def test_the_limit_to_ask_for_lets_so_many_through(budget: Budget) -> None:
    asked = Budget(calls=limit_for(100_000, budget), seconds=budget.seconds)
    assert refill_rate(asked) * 86400 + 1e-6 >= 100_000


def test_the_price_of_a_poll_is_that_of_the_benchmarks() -> None:
    """Renew `USD_PER_POLL` when this fails after `make bench`."""
    (polls,) = re.findall(r"\| of it: polls \| ([\d.]+) \|", BENCHMARKS)
    (a_life,) = re.findall(r"A life: \d+ events, (\d+) polls", BENCHMARKS)
    assert pytest.approx(float(polls) / 1000 / int(a_life), rel=0.25) == USD_PER_POLL
