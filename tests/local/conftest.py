"""The mistreated stack, one for all fault tests; the well-behaved one is `local_stack`."""

import pytest

from tests.local.unruly import UnrulyShop, carrier
from tools.local_stack import ROOT, running

HOOK = ROOT / "tests" / "local" / "hook"


@pytest.fixture(scope="session")
def carrier_answers():
    """What the carrier's site will say, by tracking number."""
    return {}


@pytest.fixture(scope="session")
def shop(tmp_path_factory, carrier_answers):
    faults = tmp_path_factory.mktemp("faults")
    with (
        carrier(carrier_answers) as url,
        running(variables={"PLANNED_FAULTS": str(faults)}, python_path=[HOOK]) as stack,
    ):
        yield UnrulyShop(stack, faults, url)
