"""Seeds that once broke an invariant, each with what it found."""

from collections.abc import Iterator

import pytest

from tests.simulation.histories import seeded_history
from tests.simulation.quick import quick


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with quick():
        yield


def test_a_bounce_proves_that_the_mail_went_out() -> None:
    """The Send event was lost, the Bounce came: the mail was sent again, for only Send and Delivery counted as proof."""
    assert seeded_history(1369).broken == ()
