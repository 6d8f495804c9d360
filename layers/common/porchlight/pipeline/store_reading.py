"""Reading stores: orders that a webhook only named, and all that changed since the last look.

Webhooks get lost, and some carry nothing but an id. So each connected store is read from where the last reading ended,
90 days back at first, page by page within the account's call limit; a reading that is cut short goes on from there.
What is read takes the way of a webhook from here on: raw bytes, on the same queue.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from porchlight.domain.errors import (
    MalformedPayloadError,
    PorchlightError,
    RateLimitedError,
    RefusedCredentialsError,
    TransientError,
    UnknownParcelError,
)
from porchlight.domain.exchange import Asked, Envelope, Kind
from porchlight.domain.reading import joined_answers
from porchlight.domain.records import ReadChanges, ReadOrder, StoreProgress
from porchlight.domain.redaction import shape_of
from porchlight.domain.store_news import ChangedOrders
from porchlight.observability import count, follow, logger
from porchlight.pipeline.ports import Accounts, Http, Inbox, Queue, Secrets
from porchlight.pipeline.vendor_calls import Caller, NoBudgetError, Tokens
from porchlight.pipeline.webhook_intake import MAX_IN_QUEUE
from porchlight.plugins import STORES, Store

FIRST_LOOK_BACK = timedelta(days=90)
LOOK_EVERY = timedelta(minutes=15)
PAGES_AT_ONCE = 10
_MINUTE = timedelta(minutes=1)
_AFTER_TROUBLE = timedelta(minutes=5)
_AFTER_REFUSAL = timedelta(hours=1)
_LONGEST_WAIT = timedelta(minutes=15)


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


def read(job: ReadOrder | ReadChanges, ports: ReadingPorts, now: datetime) -> None:
    """Do one job. Raises `TransientError` to have it done again."""
    follow(job.trace)
    caller = _caller(job.account, ports, now)
    if caller is None:
        count("StoreReadSkipped", reason="no connection")
        return
    if isinstance(job, ReadOrder):
        _read_order(job, caller, ports)
    else:
        _read_changes(job, caller, ports)


@dataclass(frozen=True, slots=True)
class _Reader:
    store: Store
    caller: Caller

    @property
    def now(self) -> datetime:
        return self.caller.now


def _caller(account: str, ports: ReadingPorts, now: datetime) -> _Reader | None:
    code, _, connection = account.partition("/")
    secrets = ports.secrets.connection(Kind.STORES, code, connection)
    if secrets is None:
        return None
    store = STORES.get(code)
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
    return _Reader(store, caller)


def _read_order(job: ReadOrder, reader: _Reader, ports: ReadingPorts) -> None:
    caller = reader.caller
    try:
        token = caller.token()
        requests = reader.store.order_requests(job.vendor_order_id, caller.credentials, token)
        body = joined_answers([caller.call(request) for request in requests])
    except NoBudgetError as refused:
        wait = min(refused.available_at - caller.now, _LONGEST_WAIT)
        ports.stores.send([job], group=job.account, delay=wait)
        count("StoreReadDeferred", code=reader.store.code)
    except UnknownParcelError:
        logger.info("the store no longer knows an order it named", code=reader.store.code)
    except RefusedCredentialsError:
        # Kept in the dead-letter queue until the merchant renews the connection.
        logger.exception("the store refused the connection's credentials", code=reader.store.code)
        raise
    else:
        ports.updates.send([_envelope(job.account, body, Asked.ORDER, ports.inbox, caller.now)], group=job.account)


def _read_changes(job: ReadChanges, reader: _Reader, ports: ReadingPorts) -> None:
    """Pages until nothing is left, the budget is spent, or ten were read: then the next minute goes on."""
    progress = ports.accounts.progress(job.account) or StoreProgress(since=reader.now - FIRST_LOOK_BACK)
    if progress.next_at and progress.next_at > reader.now:
        return
    try:
        for _ in range(PAGES_AT_ONCE):
            page = _page(progress, reader, ports)
            progress = _beyond(progress, page, reader.now)
            ports.accounts.keep_progress(job.account, progress)
            if not page.more:
                break
    except NoBudgetError as refused:
        ports.accounts.keep_progress(job.account, progress.again_at(refused.available_at))
    except PorchlightError as error:
        ports.accounts.keep_progress(job.account, progress.again_at(reader.now + _wait_after(error)))
        logger.warning("store can not be read", code=reader.store.code, error=type(error).__name__)
        count("StoreReadFailed", code=reader.store.code, error=type(error).__name__)


def _page(progress: StoreProgress, reader: _Reader, ports: ReadingPorts) -> ChangedOrders:
    store, caller = reader.store, reader.caller
    request = store.changed_request(progress.since, progress.page, caller.credentials, caller.token())
    body = caller.call(request)
    try:
        page = store.parse_changed(body, received_at=caller.now)
    except MalformedPayloadError:
        logger.warning("store answer not understood", code=store.code, shape=shape_of(body))
        raise
    _hand_on(page, body, caller.account, ports, caller.now)
    behind = (caller.now - (page.newest or caller.now)) // _MINUTE
    logger.info("store read", code=store.code, orders=len(page.updates), more=page.more, minutes_behind=behind)
    count("StoreOrdersRead", len(page.updates), code=store.code)
    return page


def _hand_on(page: ChangedOrders, body: bytes, account: str, ports: ReadingPorts, now: datetime) -> None:
    """On their queues before the progress forgets them: a crash between the two repeats a page."""
    if any(not update.is_bare for update in page.updates):
        ports.updates.send([_envelope(account, body, Asked.CHANGES, ports.inbox, now)], group=account)
    named = [update.vendor_order_id for update in page.updates if update.is_bare]
    if named:
        ports.stores.send([ReadOrder(account=account, vendor_order_id=one) for one in named], group=account)


def _beyond(progress: StoreProgress, page: ChangedOrders, now: datetime) -> StoreProgress:
    """Where the next page begins. Orders that share the newest second are asked for again: twice is harmless."""
    moved = page.newest is not None and page.newest > progress.since
    return StoreProgress(
        since=page.newest if page.newest and moved else progress.since,
        page=1 if moved or not page.more else progress.page + 1,
        next_at=None if page.more else now + LOOK_EVERY,
        caught_up_at=progress.caught_up_at if page.more else now,
    )


def _wait_after(error: PorchlightError) -> timedelta:
    if isinstance(error, RateLimitedError):
        return timedelta(seconds=error.retry_after or 60)
    return _AFTER_TROUBLE if isinstance(error, TransientError) else _AFTER_REFUSAL


def _envelope(account: str, body: bytes, asked: Asked, inbox: Inbox, now: datetime) -> Envelope:
    code, _, connection = account.partition("/")
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
        received_at=now,
        asked=asked,
    )
