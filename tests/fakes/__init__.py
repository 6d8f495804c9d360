"""In-memory implementations of the ports in `pipeline/ports.py`, with exactly the semantics their docstrings promise.

They are kept honest by `tests/aws/test_port_contracts.py`, which runs one suite over them and over the adapters.
"""

from tests.fakes.aggregator import AggregatorSite
from tests.fakes.lanes import FakeLanes
from tests.fakes.outside import CarrierSite, MailProvider, Parcel, Scan
from tests.fakes.services import (
    FakeAccounts,
    FakeConfig,
    FakeCustomers,
    FakeDesk,
    FakeInbox,
    FakePrivacy,
    FakeQueue,
    FakeSecrets,
)
from tests.fakes.shops import ShopSite
from tests.fakes.table import FakeTable

__all__ = [
    "AggregatorSite",
    "CarrierSite",
    "FakeAccounts",
    "FakeConfig",
    "FakeCustomers",
    "FakeDesk",
    "FakeInbox",
    "FakeLanes",
    "FakePrivacy",
    "FakeQueue",
    "FakeSecrets",
    "FakeTable",
    "MailProvider",
    "Parcel",
    "Scan",
    "ShopSite",
]
