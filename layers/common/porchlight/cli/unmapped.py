"""`unmapped`: vendor codes that nobody has named yet, the most frequent first, with an example and a guess.

`--yaml` prints them as entries for `config/mappings.yaml`, each with what the classifier makes of it; read them before
you paste. Publishing the file is all it takes: no deployment, and the next answer of the carrier mends the history.
"""

import argparse
import json

from porchlight.aws.deployment import deployment
from porchlight.cli import Subparsers
from porchlight.domain.mappings import UnmappedCode
from porchlight.domain.status import Status

_ASK = "  # nobody knows: say what it means, or take the entry out"


def add_parser(subparsers: Subparsers) -> None:
    """`unmapped [--json|--yaml] [--source] [--stack]`."""
    parser = subparsers.add_parser("unmapped", help="vendor codes that nobody has named yet")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object a line")
    form.add_argument("--yaml", action="store_true", help="entries for config/mappings.yaml")
    parser.add_argument("--source", default="", help="of this carrier, aggregator or store only")
    parser.add_argument("--stack", default="porchlight")


def run(args: argparse.Namespace) -> int:
    """Print what lies on the desk."""
    found = [one for one in deployment(args.stack).desk().unmapped() if args.source in {"", one.source}]
    show = _as_json if args.json else _as_yaml if args.yaml else _as_text
    for line in map(show, found):
        print(line)
    if not found and not (args.json or args.yaml):
        print("nothing is unmapped")
    return 0


def _as_json(one: UnmappedCode) -> str:
    return json.dumps(one.model_dump(mode="json"))


def _as_yaml(one: UnmappedCode) -> str:
    named = f"code: {_quoted(one.code)}" if one.code else f"text: {_quoted(one.text)}"
    lines = [
        f"- source: {one.source}  # met {one.count} times, last {one.last_seen:%Y-%m-%d}: {_line(one.text)}",
        f"  {named}",
        f"  status: {one.guess.value}{_ASK if one.guess is Status.UNKNOWN else ''}",
        f"  sub_status: {one.guessed_reason.value}",
    ]
    return "\n".join(lines)


def _as_text(one: UnmappedCode) -> str:
    guess = "no guess"
    if one.guess is not Status.UNKNOWN:
        guess = f"perhaps {one.guess.value}.{one.guessed_reason.value} ({one.confidence:.0%})"
    named = f"{one.source:<18} {one.code or '(no code)':<24}"
    return f"{one.count:>7}  {named} {_line(one.text)!r}, {guess}, in {one.order_id}"


def _quoted(text: str) -> str:
    """Double quotes of JSON are those of YAML, as long as no character is written as two halves."""
    return json.dumps(text, ensure_ascii=False)


def _line(text: str) -> str:
    return " ".join(text.split())[:80]
