"""Another order of the same shopper, as far as a decision looks at it."""

from datetime import datetime
from typing import NamedTuple


class Sibling(NamedTuple):
    """An order that may have news.

    Attributes:
        waits_until: Until when news of it waits for that of other orders; `None` when none waits.
    """

    waits_until: datetime | None = None
