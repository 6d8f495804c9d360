"""SDK calls, request units and money per webhook, poll and shipment's life, counted on the deployed local stack.

The units are what the emulator's DynamoDB says each call consumed; it rounds as AWS does. Calls that depend on the
process and not on the parcel (a secret or a setting read once in some minutes) are listed apart.
"""

import gzip
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.bench import cost, page
from tools.bench.life import MAIL_EVENTS, QUIET_POLLS, TICKS_AFTER, VIEWS, Lives
from tools.bench.rows import Row, total
from tools.bench.shop import DECISIVE, SCANS
from tools.local_stack import ROOT, LocalStack, running
from tools.replay.carrier_server import answering
from tools.tracking_page import PAGE

HOOK = Path(__file__).parent / "hook"
PARCELS = 20
PER_PROCESS = frozenset({"GetParameter", "GetSecretValue", "GetObject"})
"""Read once in some minutes and process, whatever the load."""
QUIET = sum(QUIET_POLLS.values())
POLLS = len(SCANS) + QUIET
TICKS = len(TICKS_AFTER)


@dataclass(frozen=True)
class Part:
    """A part of a shipment's life: its units, as `cost.shipments` wants them, and its invocations by function."""

    units: Mapping[str, float]
    invocations: Mapping[str, float]


def measure(parcels: int = PARCELS) -> tuple[dict[str, object], dict[str, object]]:
    """Play so many lives and add up. Gives the counts with their price, and the page as a browser got it."""
    answers: dict[str, dict[str, bytes]] = {"fedex": {}}
    with (
        tempfile.TemporaryDirectory() as folder,
        answering(answers) as port,
        running(variables={"CALL_COUNTS": folder}, python_path=[HOOK]) as stack,
    ):
        lives = Lives(stack, Path(folder), answers["fedex"], parcels)
        lives.connect(port)
        lives.play()
        log_bytes = _log_bytes(stack) / (parcels + 1)
        seen = page.measure(lives.link())
    return _summary(lives, seen, parcels, log_bytes), seen


def _log_bytes(stack: LocalStack) -> int:
    """Everything the functions wrote; platform lines are added by assumption."""
    logs = stack.session.client("logs", endpoint_url=stack.endpoint)
    size = 0
    for group in logs.describe_log_groups(logGroupNamePrefix="/porchlight/")["logGroups"]:
        for part in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            size += sum(len(event["message"].encode()) + 26 for event in part["events"])
    return size


def _summary(lives: Lives, seen: Mapping[str, object], parcels: int, log_bytes: float) -> dict[str, object]:
    steps = {name: _own(rows) for name, rows in lives.rows.items() if name not in {"warm-up", "idle minute"}}
    plain = [row for scan in range(1, len(SCANS) + 1) if scan - 1 not in DECISIVE for row in steps[f"push:{scan}"]]
    told = [row for scan in DECISIVE for row in steps[f"push:{scan + 1}"]]
    repeated = [row for scan in range(1, len(SCANS)) for row in steps[f"poll:{scan}"]]
    minute = total(lives.rows["idle minute"])
    minute = {name: value / 3 for name, value in minute.items()}
    every = [row for rows in steps.values() for row in rows]
    parts = _parts(steps, lives, seen, parcels)
    runs = sum(sum(part.invocations.values()) for part in parts.values())
    money = {
        name: cost.shipments(part.units, part.invocations, log_bytes * sum(part.invocations.values()) / runs)
        for name, part in parts.items()
    }
    lines = {line: round(sum(part[line] for part in money.values()), 5) for line in next(iter(money.values()))}
    idle = cost.idle_month(minute, _alarms(), queues=4)
    pushes = len(SCANS) - len(DECISIVE)
    return {
        "parcels": parcels,
        "webhook_without_decision": _each(plain, parcels * pushes),
        "webhook_with_decision": _each(told, parcels * len(DECISIVE)),
        "poll_without_news": _each(steps["quiet poll"], parcels * QUIET),
        "poll_with_news": _each(repeated, parcels * (len(SCANS) - 1)),
        "page_view": _each(steps["view"], parcels * VIEWS),
        "life": _each(every, parcels),
        "life_by_step": {name: _each(rows, parcels) for name, rows in steps.items()},
        "life_by_key": _by_key(every, parcels),
        "invocations": {name: part.invocations for name, part in parts.items()},
        "mails": lives.mails / parcels,
        "log_bytes": round(log_bytes),
        "usd_per_1000": lines,
        "usd_per_1000_by_part": {name: round(sum(part.values()), 4) for name, part in money.items()},
        "usd_per_1000_total": round(sum(lines.values()), 4),
        "usd_per_1000_mail_fee": round(lives.mails / parcels * cost.price("mail") * 1000, 3),
        "clock_minute": {name: round(value, 2) for name, value in minute.items()},
        "usd_idle_month": idle,
        "usd_idle_month_total": round(sum(idle.values()), 2),
    }


def _own(rows: Iterable[Row]) -> list[Row]:
    """Without what belongs to the process, and without the clock, except for what it releases."""
    kept = (row for row in rows if row.operation not in PER_PROCESS)
    return [row for row in kept if row.function != "due_release" or row.service == "sqs"]


def _each(rows: list[Row], times: int) -> dict[str, object]:
    """Average of one, and its calls by name."""
    names = Counter(row.name for row in rows)
    figures = {name: round(value / times, 2) for name, value in total(rows).items()}
    return {**figures, "by_name": {name: round(count / times, 2) for name, count in names.most_common(12)}}


def _by_key(rows: list[Row], parcels: int) -> dict[str, dict[str, float]]:
    """Units of one life by kind of call, dearest first."""
    units: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    for row in rows:
        name = f"{row.function}: {row.name}{' (refused)' if row.failed else ''}"
        units[name] += row.units if row.is_write else row.units / 5
        calls[name] += 1
    return {
        name: {"calls": round(calls[name] / parcels, 2), "write_unit_equivalents": round(value / parcels, 2)}
        for name, value in units.most_common(20)
    }


def _parts(steps: Mapping[str, list[Row]], lives: Lives, seen: Mapping[str, object], parcels: int) -> dict[str, Part]:
    """A life in four parts, so that one can see what is dear."""
    mails, scans, webhooks = lives.mails / parcels, len(SCANS), 2 + len(SCANS)
    view = sum(lives.view_bytes) / len(lives.view_bytes)
    files = float(str(seen.get("requests", 1)))
    weight = float(str(seen.get("critical_bytes", len(gzip.compress(PAGE.read_bytes())))))
    pushed = [row for name, rows in steps.items() if name.startswith(("order", "packing", "push")) for row in rows]
    polled = [row for name, rows in steps.items() if "poll" in name for row in rows]
    sending = {"webhook_intake": webhooks, "rule_evaluation": webhooks, "message_sending": mails, "tracking_api": VIEWS}
    seen_by_shopper = {
        "http_requests": webhooks + VIEWS,
        "cdn_requests": VIEWS * (files + 1),
        "cdn_bytes": VIEWS * (weight + view),
    }
    return {
        "events, mails and views": Part(
            {**_units([*pushed, *steps["view"]], parcels), **seen_by_shopper, "sqs_requests": 3 * (webhooks + mails)},
            sending,
        ),
        "polls": Part(
            {**_units(polled, parcels), "sqs_requests": 3 * (POLLS + scans)},
            {"carrier_polling": POLLS, "rule_evaluation": scans},
        ),
        # They arrive by SNS: the queue is paid for receiving and deleting alone.
        "provider's events": Part(
            {
                **_units(steps["mail event"], parcels),
                "sqs_requests": 2 * len(MAIL_EVENTS) * mails,
                "mail_events": len(MAIL_EVENTS) * mails,
            },
            {"message_feedback": len(MAIL_EVENTS) * mails},
        ),
        "timers": Part({**_units(steps["tick"], parcels), "sqs_requests": 3 * TICKS}, {"rule_evaluation": TICKS}),
    }


def _units(rows: list[Row], parcels: int) -> dict[str, float]:
    sums = total(rows)
    return {name: sums[name] / parcels for name in ("read_units", "write_units")}


def _alarms() -> int:
    return sum(file.read_text(encoding="utf-8").count("AWS::CloudWatch::Alarm") for file in ROOT.glob("infra/*.yaml"))
