"""One store account on its way: how it is called, and single orders read through it.

What is read is put on the updates queue as it came; an order that can not be read now comes again later.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from porchlight.domain.errors import (
    PorchlightError,
    RateLimitedError,
    RefusedCredentialsError,
    TransientError,
    UnknownParcelError,
)
from porchlight.domain.exchange import Asked, Envelope, HttpRequest, Kind
from porchlight.domain.reading import joined_answers
from porchlight.domain.records import ReadOrder
from porchlight.observability import count, logger
from porchlight.pipeline.ports import Accounts, Http, Inbox, Queue, Secrets
from porchlight.pipeline.vendor_calls import Caller, NoBudgetError, Tokens
from porchlight.pipeline.webhook_intake import MAX_IN_QUEUE
from porchlight.plugins import STORES, Store

MOST_TRIES = 8
_MINUTE = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(minutes=15)
_TURN, _TURNS = timedelta(seconds=1), 20
"""Orders that wait for calls do not all come back in the same second."""


@dataclass(frozen=True, slots=True)
class ReadingPorts:
    """What reading needs."""

    accounts: Accounts
    secrets: Secrets
    http: Http
    updates: Queue
    stores: Queue
    inbox: Inbox
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Reader:
    """A store and the way to call it."""

    store: Store
    caller: Caller

    @property
    def now(self) -> datetime:
        """When the job began."""
        return self.caller.now


def reader_of(account: str, ports: ReadingPorts, now: datetime) -> Reader | None:
    """The account's reader; `None`, counted, for one that is gone or can not be called."""
    code, _, connection = account.partition("/")
    secrets = ports.secrets.connection(Kind.STORES, code, connection)
    if secrets is None:
        count("StoreReadSkipped", reason="no connection")
        return None
    store = STORES.get(code)
    if not store.credential_fields or not all(secrets.credentials.get(name) for name in store.credential_fields):
        logger.warning("store named an order that can not be read: the connection has no credentials", code=code)
        count("StoreReadSkipped", reason="no credentials")
        return None
    caller = Caller(
        vendor=store,
        kind=Kind.STORES,
        account=account,
        credentials=secrets.credentials,
        accounts=ports.accounts,
        http=ports.http,
        tokens=ports.tokens,
        now=now,
    )
    return Reader(store, caller)


def read_order(job: ReadOrder, reader: Reader, ports: ReadingPorts) -> None:
    """Read one order and put it on the queue, or have it read later.

    Raises:
        RefusedCredentialsError: Kept in the dead-letter queue until the merchant renews the connection.
        MalformedPayloadError: An answer is no text.
        TransientError: The store has not answered for an hour.
    """
    store, caller = reader.store, reader.caller
    try:
        requests = store.order_requests(job.vendor_order_id, caller.credentials, caller.token())
        body = joined_answers(store.code, _answers(requests, caller))
    except NoBudgetError as refused:
        wait = refused.available_at - caller.now + _TURN * (sum(job.vendor_order_id.encode()) % _TURNS)
        ports.stores.send([job], group=job.account, delay=min(wait, _LONGEST_WAIT))
        count("StoreReadDeferred", code=store.code)
    except UnknownParcelError:
        logger.info("the store no longer knows an order it named", code=store.code)
        count("StoreReadSkipped", reason="gone")
    except TransientError as error:
        _read_again(job, error, reader, ports)
    except RefusedCredentialsError:
        logger.error("the store refused the connection's credentials", code=store.code)
        raise
    else:
        envelope = envelope_of(reader, body, Asked.ORDER, ports.inbox, mends=job.mends)
        ports.updates.send([envelope], group=job.account)


def _answers(requests: Sequence[HttpRequest], caller: Caller) -> list[bytes]:
    """The order, and its parts; a part that is not there is empty."""
    order, *parts = requests
    caller.reserve(len(requests))
    bodies = [caller.reserved(order)]
    for part in parts:
        try:
            bodies.append(caller.reserved(part))
        except UnknownParcelError:
            bodies.append(b"")
    return bodies


def _read_again(job: ReadOrder, error: TransientError, reader: Reader, ports: ReadingPorts) -> None:
    """Soon: the queue itself would wait half an hour, as long as a whole batch may take."""
    pause(error, reader, ports)
    if job.tries >= MOST_TRIES:
        raise error
    wait = min(timedelta(seconds=error.retry_after or 0) + _MINUTE * (1 << job.tries), _LONGEST_WAIT)
    ports.stores.send([job.model_copy(update={"tries": job.tries + 1})], group=job.account, delay=wait)
    logger.warning("order can not be read yet", code=reader.store.code, error=type(error).__name__)
    count("StoreReadFailed", code=reader.store.code, error=type(error).__name__)


def pause(error: PorchlightError, reader: Reader, ports: ReadingPorts) -> None:
    """Nobody calls an account that asked for fewer calls."""
    if isinstance(error, RateLimitedError):
        until = reader.now + timedelta(seconds=error.retry_after or 60)
        ports.accounts.pause(reader.caller.account, until, Kind.STORES)


def envelope_of(reader: Reader, body: bytes, asked: Asked, inbox: Inbox, *, mends: bool) -> Envelope:
    """What a store answered, as it travels."""
    code, _, connection = reader.caller.account.partition("/")
    digest = hashlib.sha256(body).hexdigest()
    body_key = None
    if len(body) > MAX_IN_QUEUE:
        body_key = f"inbox/stores/{code}/{digest}"
        inbox.put(body_key, body)
    return Envelope(
        origin="poll",
        kind=Kind.STORES,
        code=code,
        connection=connection,
        delivery_id=digest,
        body=b"" if body_key else body,
        body_key=body_key,
        received_at=reader.now,
        asked=asked,
        mends=mends,
    )
