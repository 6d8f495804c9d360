"""The shop's accounts with its stores and with vendors, made by the shipped command `porchlight connect`.

The command prints each connection's webhook address: where the stores and the vendors that push send the week to.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping

from tools.demo.carriers import Carriers
from tools.demo.formats import FORMATS, ups
from tools.demo.shop_clock import FOLDER, VARIABLE, Clock
from tools.demo.store_sites import READ, StoreSites
from tools.local_stack import ROOT, STACK, LocalStack

STORE_SECRET = "demo-shopify-client-secret"  # noqa: S105 nobody's
AT_ONCE = 4
"""Commands that run at the same time."""

Wanted = tuple[str, str, dict[str, object]]
"""Kind, code, secrets."""


def connect_all(
    stack: LocalStack, clock: Clock, simulator: str, carriers: Carriers, stores: StoreSites
) -> dict[str, str]:
    """Connect all stores and vendors. Returns webhook addresses by code; `simulator` is the root of their APIs."""
    wanted = [*_stores(simulator, stores), *_carriers(simulator, carriers)]
    environment = _environment(stack, clock)
    addresses: dict[str, str] = {}
    for first in range(0, len(wanted), AT_ONCE):
        running = {one[1]: _start(one, environment) for one in wanted[first : first + AT_ONCE]}
        addresses |= {code: _address(process) for code, process in running.items()}
    return addresses


def _stores(simulator: str, stores: StoreSites) -> Iterator[Wanted]:
    yield "stores", "shopify", {"webhook_secrets": [STORE_SECRET]}
    for code, account in stores.accounts.items():
        credentials = {"base_url": f"{simulator}/{code}", **account.credentials(READ[code].ENTRY)}
        yield "stores", code, {"credentials": credentials, "webhook_secrets": [READ[code].SECRET]}


def _carriers(simulator: str, carriers: Carriers) -> Iterator[Wanted]:
    secrets = {code: vendor.push.secret() for code, vendor in FORMATS.items() if vendor.push} | {"ups": ups.SECRET}
    for code, vendor in FORMATS.items():
        given: dict[str, object] = {"webhook_secrets": [secrets[code]]} if code in secrets else {}
        if code in carriers.accounts:
            keys = carriers.accounts[code].credentials(vendor.entry)
            given["credentials"] = {"base_url": f"{simulator}/{code}", **keys}
        yield "carriers", code, given


def _environment(stack: LocalStack, clock: Clock) -> dict[str, str]:
    folders = os.pathsep.join((str(FOLDER), str(ROOT / "layers" / "common")))
    return {**stack.environment, "PYTHONPATH": folders, VARIABLE: str(clock.file), "LANG": "C.UTF-8"}


def _start(wanted: Wanted, environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    kind, code, secrets = wanted
    command = [sys.executable, "-m", "porchlight", "connect", kind, code, "--stack", STACK, "--secrets", "-"]
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
