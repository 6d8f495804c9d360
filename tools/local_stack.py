"""The deployed local stack: the built template in an AWS emulator on this machine.

In: the artifact of `make build`. Out: a running emulator with the stack deployed and the page and settings published,
as a context manager that tests, demo, bench and replay share. The emulator enforces each function's IAM role, so least
privilege is exercised on every run.

    python -m tools.local_stack --port 4566      starts, prints the outputs as JSON, stays until Ctrl-C
"""

import argparse
import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import boto3

from tools import publish
from tools.emulator import EMULATOR, LOGS, LocalStackError, emulator, end_on_signals, free_port, require_free

ROOT = Path(__file__).parent.parent
SAM = ROOT / ".venv-sam" / "bin" / "sam"
TEMPLATE = ROOT / ".aws-sam" / "build" / "template.yaml"
STACK = "porchlight"
SENDER = "orders@shop.example"
REGION = "us-east-1"


@dataclass(frozen=True)
class LocalStack:
    """A running stack.

    Attributes:
        port: Everything AWS-like answers here, on loopback.
        outputs: Of the template.
    """

    port: int
    outputs: Mapping[str, str]

    @property
    def endpoint(self) -> str:
        """What `AWS_ENDPOINT_URL` must be."""
        return f"http://localhost:{self.port}"

    @cached_property
    def session(self) -> boto3.Session:
        """Credentials that the emulator takes for the account's owner."""
        return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)  # noqa: S106

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs in its environment to talk to this stack."""
        return {**credentials(), "AWS_ENDPOINT_URL": self.endpoint}

    @property
    def page_host(self) -> str:
        """`Host` of the tracking page; not every resolver knows names under localhost, so send it as a header."""
        return self.outputs["PageUrl"].split("/")[2]

    def emulator(self, path: str) -> object:
        """Answer of one of the emulator's own pages, such as `/_ministack/ses/messages`."""
        with urllib.request.urlopen(f"{self.endpoint}{path}", timeout=10) as answer:  # noqa: S310 loopback
            return json.load(answer)


def credentials() -> dict[str, str]:
    """Dummy credentials, and no way to a real account."""
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def architecture() -> str:
    """This machine's, in Lambda's words; locally the functions run on it."""
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"


def require_built() -> None:
    """Raise unless virtual environments and artifact are there."""
    for path in (EMULATOR, SAM, TEMPLATE):
        if not path.exists():
            message = f"{path.relative_to(ROOT)} is missing: run `make local` first"
            raise LocalStackError(message)


def deploy(port: int, parameters: Mapping[str, str] | None = None) -> None:
    """`sam deploy` of the built template to the emulator, as to AWS."""
    values = {"Architecture": architecture(), "LocalPort": str(port), "SenderAddress": SENDER, **(parameters or {})}
    command = [str(SAM), "deploy", "--template-file", str(TEMPLATE), "--no-progressbar"]
    command += ["--config-file", str(ROOT / "samconfig.toml"), "--config-env", "local"]
    command += ["--parameter-overrides", *(f"{name}={value}" for name, value in values.items())]
    environment = {
        **credentials(),
        "AWS_ENDPOINT_URL": f"http://localhost:{port}",
        "PATH": "/usr/bin:/bin",
        "HOME": str(LOGS),
        "LANG": "C.UTF-8",
        "SAM_CLI_TELEMETRY": "0",
    }
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalStackError(f"sam deploy failed:\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}")  # noqa: TRY003, EM102


@contextlib.contextmanager
def running(
    port: int | None = None,
    *,
    variables: Mapping[str, str] | None = None,
    python_path: Sequence[Path] = (),
    parameters: Mapping[str, str] | None = None,
    published: bool = True,
) -> Iterator[LocalStack]:
    """The whole stack, until the block ends.

    Args:
        port: `None` takes a free one.
        variables: Environment of the emulator, and through it of every function.
        python_path: Folders whose modules the functions' interpreter also finds, such as a `sitecustomize`.
        parameters: Of the template, over the local defaults.
        published: Whether page and settings are uploaded too.

    Raises:
        LocalStackError: With one line that says what to do.
    """
    require_built()
    chosen = port or free_port()
    require_free(chosen)
    with emulator(chosen, variables=variables or {}, python_path=python_path):
        deploy(chosen, parameters)
        stack = LocalStack(chosen, {})
        if published:
            named = publish.publish(stack.session, STACK, stack.endpoint)
        else:
            named = publish.outputs(stack.session.client("cloudformation", endpoint_url=stack.endpoint), STACK)
        yield LocalStack(chosen, named)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="Run the built stack on this machine.")
    parser.add_argument("--port", type=int, default=4566)
    arguments = parser.parse_args()
    end_on_signals()
    try:
        with contextlib.suppress(KeyboardInterrupt), running(arguments.port) as stack:
            print(json.dumps(dict(stack.outputs), indent=2), flush=True)
            signal.pause()
    except LocalStackError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
