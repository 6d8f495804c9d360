"""The shop's accounts with its store and its carriers, made by the shipped command `porchlight connect`.

The command prints each connection's webhook address; the store's and the aggregator's are where the week is sent to.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping

from tools.demo.accounts import Account
from tools.demo.shop_clock import FOLDER, VARIABLE, Clock
from tools.local_stack import ROOT, STACK, LocalStack

STORE_SECRET = "demo-shopify-client-secret"  # noqa: S105 nobody's
PUSH_SECRETS = {"ups": "demo-ups-alert-credential", "fedex": "demo-fedex-token", "easypost": "demo-easypost-secret"}


def connect_all(stack: LocalStack, clock: Clock, simulator: str, accounts: Mapping[str, Account]) -> dict[str, str]:
    """Connect the store, the four simulated carriers and the aggregator. Returns webhook addresses by plug-in code.

    `simulator` is the carriers' root address.
    """
    wanted: dict[str, tuple[str, dict[str, object]]] = {
        "shopify": ("stores", {"webhook_secrets": [STORE_SECRET]}),
        "easypost": ("carriers", {"webhook_secrets": [PUSH_SECRETS["easypost"]]}),
    }
    for code, account in accounts.items():
        secrets: dict[str, object] = {"credentials": _credentials(code, account, simulator)}
        if code in PUSH_SECRETS:
            secrets["webhook_secrets"] = [PUSH_SECRETS[code]]
        wanted[code] = ("carriers", secrets)
    running = {
        code: _start([kind, code], secrets, _environment(stack, clock)) for code, (kind, secrets) in wanted.items()
    }
    return {code: _address(process) for code, process in running.items()}


def _credentials(code: str, account: Account, simulator: str) -> dict[str, str]:
    base = {"base_url": f"{simulator}/{code}"}
    if not account.token_seconds:
        return {**base, "api_key": account.secret}
    return {**base, "client_id": account.client_id, "client_secret": account.secret}


def _environment(stack: LocalStack, clock: Clock) -> dict[str, str]:
    folders = os.pathsep.join((str(FOLDER), str(ROOT / "layers" / "common")))
    return {**stack.environment, "PYTHONPATH": folders, VARIABLE: str(clock.file), "LANG": "C.UTF-8"}


def _start(arguments: list[str], secrets: dict[str, object], environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "porchlight", "connect", *arguments, "--stack", STACK, "--secrets", "-"]
    process = subprocess.Popen(
        command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    if process.stdin:
        process.stdin.write(json.dumps(secrets))
        process.stdin.close()
    return process


def _address(process: "subprocess.Popen[str]") -> str:
    printed = process.stdout.read() if process.stdout else ""
    if process.wait():
        message = "porchlight connect failed; its message stands above"
        raise RuntimeError(message)
    return str(json.loads(printed)["webhook_url"])
