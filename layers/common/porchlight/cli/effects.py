"""`effects`: whether variants and messages work, with the range in which the truth lies.

For each experiment: how many messages of each variant left, the share of them with a click, the share that did harm
(complaints, and those who then wanted no more), and the difference to the first variant. For the group that is held
out: the share of shoppers who ordered again within 90 days, with the messages and without; and with the tickets that
your helpdesk exports, contacts per 100 orders.

The last line is one JSON object with everything above. Reading all shoppers' orders, which only a group that is held
out or `--contacts` needs, is a scan of the customers table: half a read unit for each 4 KB, so less than a cent for a
million orders.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from porchlight.aws.deployment import Deployment, deployment
from porchlight.cli import CommandError, Subparsers, _contacts
from porchlight.domain.effects import Interval, Tally, effect, share
from porchlight.domain.journeys import Touchpoint
from porchlight.domain.reorders import WITHIN, Reorders, reorders


class Group(NamedTuple):
    """One of several that are compared.

    Attributes:
        against: What it is compared with; `None` for the one that the others are compared with.
    """

    name: str
    tally: Tally
    against: Tally | None


def add_parser(subparsers: Subparsers) -> None:
    """`effects [--since 2026-01-31] [--contacts <file>] [--stack]`."""
    parser = subparsers.add_parser("effects", help="what variants, and messages at all, have brought")
    parser.add_argument(
        "--since", default="", help="only shoppers whose first order, and contacts about orders, from this day on, UTC"
    )
    _contacts.add_arguments(parser)
    parser.add_argument("--stack", default="porchlight")


def run(args: argparse.Namespace) -> int:
    """Read, compare, print."""
    since, now = _day(args.since), datetime.now(UTC)
    export = _contacts.read_export(args, now, since) if args.contacts else None
    stack = deployment(args.stack)
    experiments = _experiments(stack, now)
    hold_out = stack.config().journey().hold_out
    orders = list(stack.all_orders()) if hold_out.percent or export else []
    found = reorders(orders, hold_out, now, since) if hold_out.percent else None
    asked = _contacts.report(export, stack, orders, hold_out) if export else None
    told = _contacts.lines(asked) if asked else ()
    for line in (*_told(experiments), *_told_of_orders(found), *told):
        print(line)
    print(json.dumps(_everything(experiments, found) | {"contacts": _contacts.as_json(asked) if asked else None}))
    return 0


def _everything(experiments: Mapping[str, Iterable[Group]], found: Reorders | None) -> dict[str, object]:
    tried = {touchpoint: [_as_json(one) for one in groups] for touchpoint, groups in experiments.items()}
    again = {"days": WITHIN.days, "waiting": found.waiting, "groups": _groups_json(found)} if found else None
    return {"experiments": tried, "hold_out": again}


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        message = f"{text} is no day like 2026-01-31"
        raise CommandError(message) from None


def _experiments(stack: Deployment, now: datetime) -> dict[str, list[Group]]:
    tried = [one for one in stack.config().journey().touchpoints if one.experiment.variants]
    counted = stack.customers().tallies([one.id for one in tried], now)
    return {one.id: list(_variants(one, counted[one.id])) for one in tried}


def _variants(touchpoint: Touchpoint, counted: Mapping[str, Tally]) -> Iterator[Group]:
    names = [one.id for one in touchpoint.experiment.variants]
    first = counted.get(names[0], Tally())
    yield Group(names[0], first, None)
    yield from (Group(name, counted.get(name, Tally()), first) for name in names[1:])


def _told(experiments: Mapping[str, Iterable[Group]]) -> Iterator[str]:
    if not experiments:
        yield "No touchpoint has variants."
    for touchpoint, groups in experiments.items():
        yield f"{touchpoint}: messages that left, those with a click, those that did harm"
        yield from (f"  {_counted(one)}, {_percent(_harmed(one))} harmed{_difference(one)}" for one in groups)


def _told_of_orders(found: Reorders | None) -> Iterator[str]:
    if found is None:
        yield "No group is held out."
        return
    yield f"Shoppers, and those who ordered again within {WITHIN.days} days of their first known order"
    yield from (f"  {_counted(one)}{_difference(one)}" for one in _groups_of(found))
    yield f"  {found.waiting} more are not counted: their {WITHIN.days} days are not over"


def _groups_of(found: Reorders) -> list[Group]:
    return [Group("held out", found.held_out, None), Group("with messages", found.told, found.held_out)]


def _groups_json(found: Reorders) -> list[dict[str, object]]:
    return [_as_json(one) for one in _groups_of(found)]


def _as_json(group: Group) -> dict[str, object]:
    tally, against = group.tally, effect(group.tally, group.against) if group.against is not None else None
    return {
        "name": group.name,
        **tally.model_dump(),
        "share": _rounded(share(tally.successes, tally.sent)),
        "harmed": _rounded(_harmed(group)),
        "against_the_first": _rounded(against) if against else None,
        "is_clear": against.is_clear if against else None,
    }


def _harmed(group: Group) -> Interval:
    return share(group.tally.harms, group.tally.sent)


def _rounded(interval: Interval) -> list[float]:
    return [round(value, 4) for value in interval]


def _counted(group: Group) -> str:
    tally = group.tally
    return f"{group.name:<20} {tally.sent:>8} {tally.successes:>8}  {_percent(share(tally.successes, tally.sent))}"


def _difference(group: Group) -> str:
    if group.against is None:
        return ""
    found = effect(group.tally, group.against)
    sure = "" if found.is_clear else ", which may be chance"
    return f"; {found.value:+.1%} ({found.low:+.1%} to {found.high:+.1%}) against the first{sure}"


def _percent(interval: Interval) -> str:
    return f"{interval.value:.1%} ({interval.low:.1%} to {interval.high:.1%})"
