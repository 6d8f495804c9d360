"""`python -m tools.conformance FOLDER`: hold what our carriers read against what others read from the same bytes.

The folder has `carriers/<folder>/NAME.expected.json` beside each body and, optionally, `stores/index.jsonl`. Table and
differences go to standard error; the last line of standard output is one JSON object, which `--publish` also writes to
a file (`docs/conformance.json`). Exit status 0: every tracking number, delivered flag, event count, refusal, signature
and listed code is right, 98 of 100 statuses agree, where something differs the reason is documented, and no documented
exception is stale.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from tools.conformance.run import Run

PUBLISHED = Path(__file__).parents[2] / "docs" / "conformance.json"


def main(words: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.conformance", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="holds carriers/<folder>/NAME.expected.json")
    parser.add_argument("--publish", type=Path, nargs="?", const=PUBLISHED, help="also write the object to this file")
    parser.add_argument("--carrier", help="only this plug-in, with every difference")
    arguments = parser.parse_args(words)
    if not (arguments.folder / "carriers").is_dir():
        print("no folder with carriers/<folder>/NAME.expected.json", file=sys.stderr)
        return 2
    try:
        run = Run(arguments.folder, datetime.now(UTC), arguments.carrier or "")
    except (OSError, ValidationError) as error:
        print(error, file=sys.stderr)
        return 2
    told = run.told()
    print(run.shown(), file=sys.stderr)
    if arguments.publish:
        arguments.publish.write_text(told.model_dump_json(indent=1) + "\n", encoding="utf-8")
    print(told.model_dump_json())
    return 0 if told.clean else 1


if __name__ == "__main__":
    sys.exit(main())
