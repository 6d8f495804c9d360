"""`channels`: how each channel is, suspended or not, and what it is judged by; from the items the functions read."""

import argparse
import json
from datetime import UTC, datetime

from porchlight.aws.deployment import deployment
from porchlight.cli import Subparsers
from porchlight.domain.channel_health import DAYS, ChannelHealth, strain
from porchlight.domain.effects import share
from porchlight.domain.times import to_text
from porchlight.plugins import CHANNELS


def add_parser(subparsers: Subparsers) -> None:
    """`channels [--json] [--stack]`."""
    parser = subparsers.add_parser("channels", help="whether the providers of the channels take messages")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--stack", default="porchlight")


def run(args: argparse.Namespace) -> int:
    """Print each channel."""
    now, customers = datetime.now(UTC), deployment(args.stack).customers()
    for code in CHANNELS.codes():
        health = customers.health(code, now)
        print(json.dumps(as_values(code, health)) if args.json else as_lines(code, health, now))
    return 0


def as_values(code: str, health: ChannelHealth) -> dict[str, object]:
    """A channel as plain values; times are ISO 8601 in UTC, `None` without a suspension."""
    last = health.suspension
    return {
        "channel": code,
        "suspended": last is not None and last.over_since is None,
        "since": to_text(last.since) if last else None,
        "over_since": to_text(last.over_since) if last and last.over_since else None,
        "asked": last.asked if last else 0,
        "ask_at": to_text(last.ask_at) if last else None,
        "reason": last.reason if last else "",
        **health.judged._asdict(),
        "marketing_waits": strain(health.judged),
    }


def as_lines(code: str, health: ChannelHealth, now: datetime) -> str:
    """A channel for people."""
    judged, strained = health.judged, strain(health.judged)
    bounced, complained = (share(count, judged.sent).value for count in (judged.bounces, judged.complaints))
    counted = (
        f"  {judged.sent} messages in {DAYS} days, {judged.bounces} came back ({bounced:.1%}), "
        f"{judged.complaints} were called spam ({complained:.2%})"
    )
    lines = [f"{code}: {_suspension(health, now)}", counted]
    return "\n".join([*lines, f"  marketing waits: {strained}"] if strained else lines)


def _suspension(health: ChannelHealth, now: datetime) -> str:
    last = health.suspension
    if last is None:
        return "takes messages"
    since = f"{last.since:%Y-%m-%d %H:%M}"
    if last.over_since:
        return f"takes messages; was suspended from {since} to {last.over_since:%Y-%m-%d %H:%M} UTC"
    again = f"at {last.ask_at:%H:%M} UTC" if last.ask_at > now else "with the next message"
    times = "once" if last.asked == 1 else f"{last.asked} times"
    return f"suspended since {since} UTC, asked {times}, again {again}: {last.reason}"
