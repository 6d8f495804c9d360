"""The command line: one command is one file here, found by its file name as plug-ins are.

A command file has `add_parser(subparsers)`, which adds the parser named like the file, and `run(args)`, which returns
the exit status. Exit 0: done. Exit 1: done, and what was checked does not hold. Exit 2: bad input, told in one line on
standard error. Results go to standard output as JSON. Only the command asked for is imported, so that none waits for
what another one needs.
"""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from porchlight.domain.errors import PorchlightError

BAD_INPUT = 2

type Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 argparse has no public name for it


class CommandError(Exception):
    """What was asked for can not be done; the text is the one line the user sees."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}\n")


def main(argv: Sequence[str]) -> int:
    """Run one command and return the exit status."""
    modules = _modules(argv)
    parser = _Parser(prog="porchlight", description="Post-purchase tracking and messages.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="command")
    for module in modules.values():
        module.add_parser(subparsers)
    args = parser.parse_args(argv)
    try:
        status: int = modules[args.command].run(args)
    except (PorchlightError, CommandError) as error:
        print(f"porchlight {args.command}: {describe(error)}", file=sys.stderr)
        return BAD_INPUT
    return status


def describe(error: Exception) -> str:
    """An error in one line; its name when it has no words."""
    return " ".join(str(error).split()) or type(error).__name__


def tell_all(wrong: ExceptionGroup[Exception]) -> int:
    """Everything that is wrong with a merchant's files, a line each, and the exit status that goes with it."""
    for error in wrong.exceptions:
        print(error, file=sys.stderr)
    return BAD_INPUT


def _modules(argv: Sequence[str]) -> dict[str, ModuleType]:
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    wanted = argv[:1] if argv and argv[0] in names else names
    return {name: importlib.import_module(f"{__name__}.{name}") for name in wanted}
