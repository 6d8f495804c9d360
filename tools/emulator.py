"""The AWS emulator as a process: started on a port, ready to answer, ended with everything it started.

It has its own virtual environment, its own process group and its own temporary folder. Nothing of the caller's
environment reaches it or the functions it runs, except what is passed in on purpose.
"""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
import types
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
EMULATOR = ROOT / ".venv-local" / "bin" / "python"
LOGS = ROOT / ".build"
START_SECONDS = 60
LOGS_KEPT = 5


class LocalStackError(Exception):
    """The stack could not be started; the text says what to do."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def require_free(port: int) -> None:
    """Raise unless the port can be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            message = f"port {port} is taken: stop what listens there, or choose another one with PORT=4570"
            raise LocalStackError(message) from error


@contextlib.contextmanager
def emulator(port: int, *, variables: Mapping[str, str], python_path: Sequence[Path]) -> Iterator[None]:
    """The emulator's process, ready to answer."""
    folder = tempfile.mkdtemp(prefix="porchlight-")
    environment = {
        "PATH": f"{EMULATOR.parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",  # these two would open ports of their own
        "SFTP_ENABLED": "0",
        "PYTHONPATH": os.pathsep.join(str(path) for path in python_path),
        **variables,
    }
    with _log_of(port).open("w") as log:
        process = subprocess.Popen(
            [EMULATOR, "-m", "ministack"], env=environment, stdout=log, stderr=log, cwd=folder, start_new_session=True
        )
    try:
        _wait_until_ready(port, process)
        yield
    finally:
        _stop(process)
        # Each function process unpacked the layer, some 30,000 files in all: removing them need not be waited for.
        subprocess.run(["sh", "-c", 'rm -rf "$1" &', "sh", folder], check=False)


def _log_of(port: int) -> Path:
    """The log of this run; those of the last few runs are kept beside it."""
    LOGS.mkdir(exist_ok=True)
    former = sorted(LOGS.glob("local-stack-*.log"), key=lambda file: file.stat().st_mtime)
    for file in former[:-LOGS_KEPT]:
        file.unlink()
    return LOGS / f"local-stack-{port}.log"


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/ready", timeout=5).close()
            return
        time.sleep(0.1)
    message = f"the emulator did not start; see .build/local-stack-{port}.log"
    raise LocalStackError(message)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the emulator and the functions it started; they share a process group of their own."""
    for step in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, step)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=2)
            return


def end_on_signals() -> None:
    """Let `kill` end a program as Ctrl-C does, so that it takes the emulator with it."""

    def end(_signal: int, _frame: types.FrameType | None) -> None:
        raise KeyboardInterrupt

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)
