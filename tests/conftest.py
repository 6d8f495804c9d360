"""Sockets are shut, except for tests that say they talk to the local stack or drive a browser.

`local_stack` is the deployed local stack, one for the whole run; whoever asks for it is marked `local` or `browser`.
"""

from collections.abc import Iterator

import hypothesis
import pytest
import pytest_socket

from tools.local_stack import LocalStack, running

# A busy machine is no failure, and a run that was green stays green; long random runs have commands of their own.
hypothesis.settings.register_profile("check", deadline=None, derandomize=True)
hypothesis.settings.load_profile("check")

TALKATIVE = ("local", "browser")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if any(item.get_closest_marker(name) for name in TALKATIVE):
        pytest_socket.enable_socket()
    else:
        pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture(scope="session")
def local_stack() -> Iterator[LocalStack]:
    with running() as stack:
        yield stack
