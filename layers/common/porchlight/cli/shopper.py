"""`shopper`: what is kept of somebody, and what they told the shop itself: a hold, a refusal, a yes, a complaint.

Who is meant comes from standard input, one e-mail address a line, so that no address is left in the shell's history; a
list of addresses is as good as one. Prints one JSON object for each, in the same order, with the digest that stands for
the address and never the address. A change that somebody made at the same moment is kept.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from porchlight.aws.deployment import Deployment, deployment
from porchlight.cli import CommandError, Subparsers
from porchlight.domain.choices import EVERYWHERE, Choices
from porchlight.domain.errors import ConflictError
from porchlight.domain.links import person_digest
from porchlight.domain.purposes import Purpose
from porchlight.domain.records import Tick
from porchlight.domain.shopper import Shopper
from porchlight.domain.times import to_text
from porchlight.pipeline.choosing import change_choices
from porchlight.plugins import CHANNELS

MOST_ORDERS = 25
"""Of one shopper that are looked at when they are freed; older ones have nothing that is still news."""
ANY = "any"
KNOWN_CHANNELS = sorted({*CHANNELS.codes(), "sms"})
"""`sms` as well: stores tell consent to it, and a list of those who agreed is older than the channel."""


def add_parser(subparsers: Subparsers) -> None:
    """Add `shopper show|hold|release|stop|allow|prefer|complaint`."""
    parser = subparsers.add_parser("shopper", help="see or note what somebody wants; addresses on standard input")
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(_CHANGES | {"show": None}))
    actions.add_parser("show", help="what is kept of them")
    hold = actions.add_parser("hold", help="send them nothing before a day")
    hold.add_argument("--until", required=True, type=_moment, help="2026-12-24, or with a time: 2026-12-24T09:00+01:00")
    actions.add_parser("release", help="end a hold")
    stop = actions.add_parser("stop", help="they no longer want such messages")
    stop.add_argument("--channel", default=EVERYWHERE, choices=KNOWN_CHANNELS, help="every channel by default")
    allow = actions.add_parser("allow", help="they said yes to such messages")
    allow.add_argument("--channel", default="email", choices=KNOWN_CHANNELS)
    for action in (stop, allow):
        action.add_argument("purpose", choices=[one.value for one in Purpose])
    prefer = actions.add_parser("prefer", help="the channel they chose")
    prefer.add_argument("channel", choices=[*KNOWN_CHANNELS, ANY])
    complaint = actions.add_parser("complaint", help="no review is asked for while one is open")
    complaint.add_argument("state", choices=["open", "closed"])
    for action in actions.choices.values():
        action.add_argument("--stack", default="porchlight")


def run(args: argparse.Namespace) -> int:
    """Do it for every address, and print what is kept then."""
    stack, now = deployment(args.stack), datetime.now(UTC)
    for person in _people():
        if args.action != "show":
            _change(person, _CHANGES[args.action](args, now), stack)
        shopper = stack.customers().shopper(person, now)
        if _frees(args):
            _look_again(shopper, stack)
        print(json.dumps(_shown(person, shopper)))
    return 0


def _frees(args: argparse.Namespace) -> bool:
    """What waited for this need not wait any more."""
    return (args.action, getattr(args, "state", "")) in {("release", ""), ("complaint", "closed")}


def _look_again(shopper: Shopper, stack: Deployment) -> None:
    """At their newest orders: what has waited is decided anew now, not when its day comes."""
    updates, newest = stack.updates(), sorted(shopper.bought, key=lambda one: one.at, reverse=True)
    for one in newest[:MOST_ORDERS]:
        updates.send([Tick(order_id=one.order_id, trace=one.order_id)], group=one.order_id)


def _people() -> Iterator[str]:
    """All are read before anything is done, so that a wrong line is told before and not half-way."""
    lines = [line.strip() for line in sys.stdin if line.strip()]
    wrong = next((number for number, line in enumerate(lines, 1) if "@" not in line), None)
    if wrong or not lines:
        message = f"line {wrong} is no e-mail address" if wrong else "no e-mail address on standard input"
        raise CommandError(message)
    return map(person_digest, lines)


def _change(person: str, change: Callable[[Choices], Choices], stack: Deployment) -> None:
    try:
        change_choices(person, change, stack.choices())
    except ConflictError as error:
        message = "somebody else changes the same choices all the time; try again"
        raise CommandError(message) from error


_CHANGES: dict[str, Callable[[argparse.Namespace, datetime], Callable[[Choices], Choices]]] = {
    "hold": lambda args, now: lambda held: held.changed(held_until=_ahead(args.until, now)),
    "release": lambda _args, _now: lambda held: held.changed(held_until=None),
    "stop": lambda args, _now: lambda held: held.stopping(Purpose(args.purpose), args.channel),
    "allow": lambda args, _now: lambda held: held.allowing(Purpose(args.purpose), args.channel, KNOWN_CHANNELS),
    "prefer": lambda args, _now: lambda held: held.changed(channel="" if args.channel == ANY else args.channel),
    "complaint": lambda args, now: (
        lambda held: held.changed(complaint_since=(held.complaint_since or now) if args.state == "open" else None)
    ),
}


def _moment(text: str) -> datetime:
    """A day begins at midnight UTC. Raises `argparse.ArgumentTypeError`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text} is no day"
        raise argparse.ArgumentTypeError(message) from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _ahead(until: datetime, now: datetime) -> datetime:
    if until <= now:
        message = f"{to_text(until)} is over"
        raise CommandError(message)
    return until


def _shown(person: str, shopper: Shopper) -> dict[str, object]:
    """What is kept, by names that need no explanation; what is empty is left out."""
    told = {
        "refuses": sorted(one.replace(".", " by ").replace("by *", "by any channel") for one in shopper.stopped),
        "agreed_to_marketing_by": sorted(shopper.consented),
        "prefers": shopper.channel,
        "held_until": to_text(shopper.held_until) if shopper.held_until else "",
        "complaint_since": to_text(shopper.complaint_since) if shopper.complaint_since else "",
        "survey_answers": [f"{one.score} of 5 on {one.at:%Y-%m-%d} about {one.order_id}" for one in shopper.answers],
        "nothing_is_sent_by": shopper.suppressed,
        "messages_lately": [
            f"{to_text(one.at)} {one.touchpoint} by {one.channel} ({one.purpose})" for one in shopper.history.sent
        ],
    }
    return {"shopper": person} | {name: value for name, value in told.items() if value}
