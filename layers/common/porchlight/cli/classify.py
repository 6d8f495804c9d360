"""`classify`: a carrier's words in, the status they probably mean out, as one JSON object.

With `-` it reads standard input, one phrase a line, and answers each line with one object a line, in the same order and
at once, so that another program can keep it open and talk to it. docs/classifier.md describes the object.
"""

import argparse
import json
import sys
from collections.abc import Iterator

from porchlight.classifier import classify
from porchlight.cli import Subparsers


def add_parser(subparsers: Subparsers) -> None:
    """Add `classify`."""
    parser = subparsers.add_parser("classify", help="read a carrier's words and print the status they mean")
    parser.add_argument("text", help="the carrier's words; - for one phrase a line on standard input")
    parser.add_argument("--carrier", default="", help="code of the carrier that wrote them")


def run(args: argparse.Namespace) -> int:
    """Print one object a phrase."""
    for phrase in _lines() if args.text == "-" else [args.text]:
        print(json.dumps(classify(phrase, args.carrier).model_dump(mode="json")), flush=True)
    return 0


def _lines() -> Iterator[str]:
    """Lines of standard input; bytes that are no UTF-8 are replaced, so that one bad line costs no other."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", errors="replace")
