"""`config`: compile a merchant's folder to the JSON files that the functions load.

Exit 2 with one line per thing that is wrong in any of its files; then nothing is written.
"""

import argparse
from pathlib import Path

from porchlight.cli import CommandError, Subparsers, tell_all
from porchlight.config import compile_config


def add_parser(subparsers: Subparsers) -> None:
    """Add `config compile`."""
    parser = subparsers.add_parser("config", help="compile the files a merchant edits")
    actions = parser.add_subparsers(dest="action", required=True, metavar="compile")
    compiling = actions.add_parser("compile", help="check everything and write what the functions load")
    compiling.add_argument("folder", type=Path, help="usually config")
    compiling.add_argument("out", type=Path, help="folder to write to; made when it is missing")


def run(args: argparse.Namespace) -> int:
    """Compile; 2 when a file is wrong."""
    try:
        journey = compile_config(args.folder, args.out)
    except ExceptionGroup as wrong:
        return tell_all(wrong)
    except OSError as error:
        message = f"{args.out}: {error.strerror}"
        raise CommandError(message) from error
    print(f"{args.out}: journeys.json (version {journey.version}), brand.json, mappings.json")
    return 0
