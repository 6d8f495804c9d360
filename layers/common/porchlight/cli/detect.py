"""`detect`: a tracking number in, the carriers it may belong to out, best first, as one JSON list.

An empty list means that the number has the form of no carrier we know; that is an answer, so the exit status is 0.
docs/detection.md lists the formats. No network is used: nobody is asked whether the parcel exists.
"""

import argparse
import json

from porchlight.cli import CommandError, Subparsers
from porchlight.domain.detection import detect

_COUNTRY = 2


def add_parser(subparsers: Subparsers) -> None:
    """Add `detect`."""
    parser = subparsers.add_parser("detect", help="name the carriers a tracking number may belong to")
    parser.add_argument("number", help="tracking number, with or without blanks and hyphens")
    parser.add_argument("--country", default="", metavar="XX", help="destination, two letters")
    parser.add_argument("--hint", default="", metavar="NAME", help="what the store calls the carrier")


def run(args: argparse.Namespace) -> int:
    """Print the candidates. Raises `CommandError` for a country that is none."""
    if args.country and not (len(args.country) == _COUNTRY and args.country.isascii() and args.country.isalpha()):
        message = "--country takes two letters, e.g. DE"
        raise CommandError(message)
    candidates = detect(args.number, country=args.country, hint=args.hint)
    print(json.dumps([candidate.model_dump() for candidate in candidates]))
    return 0
