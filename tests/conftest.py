"""Sockets are shut, except for tests that say they talk to the local stack or drive a browser."""

import pytest
import pytest_socket

TALKATIVE = ("local", "browser")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if any(item.get_closest_marker(name) for name in TALKATIVE):
        pytest_socket.enable_socket()
    else:
        pytest_socket.disable_socket(allow_unix_socket=True)
