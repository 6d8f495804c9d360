"""What a store, a shopper and a mail provider say to the deployed stack, and patience for the answer."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import time
from pathlib import Path

import requests

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 60


def eventually(question, *, within=PATIENCE_SECONDS):
    """The first truthy answer; fails when there is none in time."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if answer := question():
            return answer
        time.sleep(0.25)
    message = f"nothing within {within} seconds"
    raise AssertionError(message)


def connect(stack, kind, code, secrets):
    """`porchlight connect`; returns what it prints."""
    command = [sys.executable, "-m", "porchlight", "connect", kind, code, "--secrets", "-"]
    environment = {**stack.environment, "PYTHONPATH": str(ROOT / "layers" / "common")}
    done = subprocess.run(
        command, input=json.dumps(secrets), env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def shopify(url, topic, body, secret, *, delivery="1"):
    """One delivery as Shopify signs it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Webhook-Id": delivery,
        "X-Shopify-Hmac-Sha256": base64.b64encode(hmac.digest(secret.encode(), raw, hashlib.sha256)).decode(),
    }
    return requests.post(url, data=raw, headers=headers, timeout=30)


def page(stack, path, **options):
    """One request as a browser makes it to the tracking page's host."""
    method = "POST" if {"json", "data"} & options.keys() else "GET"
    headers = {"Host": stack.page_host, **options.pop("headers", {})}
    return requests.request(method, f"{stack.endpoint}{path}", headers=headers, timeout=30, **options)


def mails(stack):
    """Everything SES took."""
    return [one for account in stack.emulator("/_ministack/ses/messages")["messages"].values() for one in account]


def everything(client, stack, table):
    """All items of a table, which only a test may ask for."""
    return client.scan(TableName=stack.outputs[table])["Items"]


def waiting(stack, queue):
    """Messages in a queue, those being handled included."""
    sqs = stack.session.client("sqs", endpoint_url=stack.endpoint)
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = sqs.get_queue_attributes(QueueUrl=stack.outputs[queue], AttributeNames=names)["Attributes"]
    return sum(int(one) for one in counts.values())
