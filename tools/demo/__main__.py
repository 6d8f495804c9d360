"""`python -m tools.demo`: a shop's week on the local stack.

Without `--check` the pages stay up until Ctrl-C. With it, nothing is shown: the outcome is asserted, one JSON summary
is the last line on standard output, and the exit status is 0 only when all of it holds.
"""

import argparse
import contextlib
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tools.demo import shots, web
from tools.demo.carriers import Carriers
from tools.demo.connections import connect_all
from tools.demo.outcome import Outcome
from tools.demo.play import Stage
from tools.demo.report import midweek, on_the_desk, storms, table
from tools.demo.shop_clock import FOLDER, VARIABLE, Clock
from tools.demo.site import serve
from tools.demo.store_sites import StoreSites
from tools.demo.week import STEPS, WEEK
from tools.emulator import LocalStackError, end_on_signals
from tools.local_stack import running

_INTERRUPTED = 130


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="Play a shop's week on the local stack.")
    parser.add_argument("--port", type=int, default=4566)
    parser.add_argument("--check", action="store_true", help="headless; assert the outcome and end with one JSON line")
    parser.add_argument("--shots", type=Path, metavar="FOLDER", help="only take the README's pictures into FOLDER")
    arguments = parser.parse_args()
    end_on_signals()
    try:
        with staged(arguments.port) as stage:
            if arguments.shots:
                return shots.take(stage, arguments.shots)
            return _checked(stage) if arguments.check else _shown(stage)
    except LocalStackError as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED if arguments.check or arguments.shots else 0


@contextlib.contextmanager
def staged(port: int) -> Iterator[Stage]:
    """The deployed stack with its stores and carriers connected, on the Monday morning."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock.in_folder(Path(folder))
        carriers, stores = Carriers(WEEK, clock), StoreSites(WEEK, clock)
        simulator = serve(
            {code: partial(carriers.answer, code) for code in carriers.accounts}
            | {code: partial(stores.answer, code) for code in stores.accounts}
        )
        _say("starting the emulator, deploying the template")
        with running(port, variables={VARIABLE: str(clock.file)}, python_path=[FOLDER]) as stack:
            _say("connecting the stores and the carriers")
            addresses = connect_all(stack, clock, f"http://127.0.0.1:{simulator.server_port}", carriers, stores)
            yield Stage(stack, clock, carriers, stores, addresses)
        simulator.shutdown()


def _played(stage: Stage) -> Outcome:
    _say(f"playing the week of {stage.clock.start:%d %B %Y}: {len(WEEK)} orders")
    stage.play(STEPS)
    pages = stage.pages()
    return Outcome(stage, pages, stage.mailbox.mails(pages))


def _checked(stage: Stage) -> int:
    began = time.monotonic()
    outcome = _played(stage)
    problems = outcome.problems()
    for problem in problems:
        _say(problem)
    print(json.dumps(outcome.summary(time.monotonic() - began, problems)))
    return 1 if problems else 0


def _shown(stage: Stage) -> int:
    outcome = _played(stage)
    found = storms(outcome.pages, stage.books.incidents())
    for line in (*table(outcome.pages), *midweek(stage.midweek), *found, *on_the_desk(stage.books.unmapped())):
        print(line)
    address = web.serve(outcome)
    print(f"\nwhat happened   {address}\nthe mailbox     {address}mailbox")
    for name, link in web.tracking_links(outcome).items():
        print(f"tracking {name}  {link}")
    print("Ctrl-C ends the demo.", flush=True)
    signal.pause()
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
