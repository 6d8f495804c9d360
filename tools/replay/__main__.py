"""`python -m tools.replay FOLDER`: send everything in a data folder through the deployed local stack.

What a vendor pushes is signed and sent to the public address. What a vendor answers is asked for: an order names the
parcel, the clock releases the poll, and a loopback server gives the sample as the carrier's answer. Progress goes to
standard error; the last line of standard output is one JSON object. Exit code 0 means: no function crashed, every
accepted payload was understood or refused with its reason, and every dead letter is explained by such a refusal.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from tools.emulator import LocalStackError, end_on_signals
from tools.local_stack import running
from tools.replay.outcome import report
from tools.replay.samples import samples
from tools.replay.session import Session
from tools.replay.stack import ReplayError


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.replay", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="holds stores/index.jsonl and carriers/index.jsonl")
    arguments = parser.parse_args()
    begun = time.monotonic()
    end_on_signals()
    try:
        given = samples(arguments.folder)
        with running(published=True) as stack:
            session = Session(stack, given)
            session.play()
            told = report(session.fates, session.findings)
    except (LocalStackError, ReplayError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    told["seconds"] = round(time.monotonic() - begun, 1)
    print(json.dumps(told))
    return 0 if told["clean"] else 1


if __name__ == "__main__":
    sys.exit(main())
