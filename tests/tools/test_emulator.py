"""What a person reads when the local stack cannot start."""

import socket

import pytest

from tools import local_stack
from tools.emulator import LocalStackError, free_port, require_free

pytestmark = pytest.mark.local  # opens a socket on loopback


def test_a_taken_port_gets_one_line_that_says_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LocalStackError, match=rf"^port {port} is taken: .*PORT=") as caught:
            require_free(port)
    assert "\n" not in str(caught.value)


def test_a_free_port_is_free():
    require_free(free_port())


def test_a_missing_artifact_names_the_command_that_makes_it(monkeypatch, tmp_path):
    monkeypatch.setattr(local_stack, "TEMPLATE", local_stack.ROOT / "not-built.yaml")
    with pytest.raises(LocalStackError, match="run `make local` first"):
        local_stack.require_built()
