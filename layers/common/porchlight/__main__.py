"""`python -m porchlight <command> …`: see `porchlight.cli`.

When the reader of our output leaves early (`… | head`), the program ends quietly with 141, as a shell reports it for
its own tools. The signal itself stays ignored: it would also end us for a broken network connection.
"""

import os
import sys

from porchlight.cli import main

BROKEN_PIPE = 128 + 13
"""What shells report for a program that SIGPIPE ended."""

try:
    try:
        status = main(sys.argv[1:])
    finally:
        sys.stdout.flush()
except BrokenPipeError:
    # What is still buffered would be written, and complained about, once more when Python shuts down.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status = BROKEN_PIPE
sys.exit(status)
