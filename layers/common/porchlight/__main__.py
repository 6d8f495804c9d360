"""`python -m porchlight <command> …`: see `porchlight.cli`."""

import sys

from porchlight.cli import main

sys.exit(main(sys.argv[1:]))
