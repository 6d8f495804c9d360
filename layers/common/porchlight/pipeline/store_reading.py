"""Reading stores: orders that a webhook only named, and all that changed since the last look.

Webhooks get lost, and some carry nothing but an id. So each connected store is read from where the last reading ended,
90 days back at first, page by page within the account's call limit; a reading that is cut short goes on from there.
What is read takes the way of a webhook from here on: raw bytes, on the same queue.

One reading of a store runs at a time. Orders that a page only names are read one by one, and the next page waits until
they can have been, so that an order named by a webhook never stands behind 90 days of others.
"""

from datetime import datetime, timedelta

from porchlight.domain.budgets import refill_rate
from porchlight.domain.errors import (
    ConflictError,
    MalformedPayloadError,
    PorchlightError,
    RateLimitedError,
    TransientError,
)
from porchlight.domain.exchange import Asked, Kind
from porchlight.domain.records import ReadChanges, ReadOrder, StoreProgress
from porchlight.domain.redaction import shape_of
from porchlight.domain.store_news import ChangedOrders
from porchlight.observability import count, follow, logger
from porchlight.pipeline.store_reader import Reader, ReadingPorts, envelope_of, pause, read_order, reader_of
from porchlight.pipeline.vendor_calls import NoBudgetError

__all__ = ["ReadingPorts", "read"]

FIRST_LOOK_BACK = timedelta(days=90)
LOOK_EVERY = timedelta(minutes=15)
PAGES_AT_ONCE = 10
LEASE = timedelta(minutes=5)
"""As long as the function may run: a reading that died goes on after it."""
SETTLE = timedelta(minutes=2)
"""A store may list a change later than one that it dates after it; so long it is read once more."""
FOR_ORDERS = 0.8
"""Share of the call budget that orders found by reading may take; the rest is for those that webhooks name."""
_MINUTE = timedelta(minutes=1)
_AFTER_TROUBLE = timedelta(minutes=5)
_AFTER_REFUSAL = timedelta(hours=1)


def read(job: ReadOrder | ReadChanges, ports: ReadingPorts, now: datetime) -> None:
    """Do one job. Raises `TransientError` to have it done again."""
    follow(job.trace)
    reader = reader_of(job.account, ports, now)
    if reader is None:
        return
    if isinstance(job, ReadOrder):
        read_order(job, reader, ports)
    else:
        _read_changes(job, reader, ports)


def _read_changes(job: ReadChanges, reader: Reader, ports: ReadingPorts) -> None:
    """Pages until nothing is left, the budget is spent, or ten were read: then the next minute goes on."""
    progress = ports.accounts.progress(job.account) or StoreProgress(since=reader.now - FIRST_LOOK_BACK)
    if progress.next_at and progress.next_at > reader.now:
        return
    leased_until = reader.now + LEASE
    try:
        progress = _kept(progress.again_at(leased_until), job.account, ports)
        for page_left in reversed(range(PAGES_AT_ONCE)):
            page = _page(progress, reader, ports)
            beyond = _beyond(progress, page, _next_at(page, reader, ports), reader.now)
            goes_on = page_left and beyond.next_at is None
            progress = _kept(beyond.again_at(leased_until) if goes_on else beyond, job.account, ports)
            if not goes_on:
                break
    except NoBudgetError as refused:
        _kept(progress.again_at(refused.available_at), job.account, ports)
    except ConflictError:
        count("StoreReadSkipped", reason="another reading")
    except PorchlightError as error:
        pause(error, reader, ports)
        _kept(progress.again_at(reader.now + _wait_after(error)), job.account, ports)
        logger.warning("store can not be read", code=reader.store.code, error=type(error).__name__)
        count("StoreReadFailed", code=reader.store.code, error=type(error).__name__)


def _kept(progress: StoreProgress, account: str, ports: ReadingPorts) -> StoreProgress:
    """The progress as it is now stored. Raises `ConflictError` when another reading went on from there."""
    ports.accounts.keep_progress(account, progress)
    return progress.model_copy(update={"version": progress.version + 1})


def _page(progress: StoreProgress, reader: Reader, ports: ReadingPorts) -> ChangedOrders:
    store, caller = reader.store, reader.caller
    request = store.changed_request(progress.since, progress.page, caller.credentials, caller.token())
    body = caller.call(request)
    try:
        page = store.parse_changed(body, received_at=caller.now)
    except MalformedPayloadError:
        logger.warning("store answer not understood", code=store.code, shape=shape_of(body))
        raise
    _hand_on(page, body, reader, ports, mends=progress.caught_up_at is not None)
    behind = (caller.now - (page.newest or caller.now)) // _MINUTE
    logger.info("store read", code=store.code, orders=len(page.updates), more=page.more, minutes_behind=behind)
    count("StoreOrdersRead", len(page.updates), code=store.code)
    return page


def _hand_on(page: ChangedOrders, body: bytes, reader: Reader, ports: ReadingPorts, *, mends: bool) -> None:
    """On their queues before the progress forgets them: a crash between the two repeats a page."""
    account = reader.caller.account
    if any(not update.is_bare for update in page.updates):
        envelope = envelope_of(reader, body, Asked.CHANGES, ports.inbox, mends=mends)
        ports.updates.send([envelope], group=account)
    orders = [ReadOrder(account=account, vendor_order_id=one, mends=mends) for one in _named(page)]
    if orders:
        ports.stores.send(orders, group=account)


def _named(page: ChangedOrders) -> list[str]:
    return [update.vendor_order_id for update in page.updates if update.is_bare]


def _next_at(page: ChangedOrders, reader: Reader, ports: ReadingPorts) -> datetime | None:
    """When to read on; `None` for at once. After orders that were only named, when they can have been read."""
    if not page.more:
        return reader.now + LOOK_EVERY
    named = _named(page)
    account = next((one for one in ports.accounts.accounts(Kind.STORES) if one.name == reader.caller.account), None)
    if not named or account is None:
        return None
    calls = len(named) * len(reader.store.order_requests(named[0], reader.caller.credentials, ""))
    return reader.now + timedelta(seconds=calls / (refill_rate(account.budget) * FOR_ORDERS))


def _beyond(progress: StoreProgress, page: ChangedOrders, next_at: datetime | None, now: datetime) -> StoreProgress:
    """Where the next page begins. Orders that share the newest second are asked for again: twice is harmless."""
    newest = page.newest or progress.since
    if not page.more:
        settled = max(progress.since, min(newest, now - SETTLE))
        changes = {"since": settled, "page": 1, "next_at": next_at, "caught_up_at": now}
    elif newest > progress.since:
        changes = {"since": newest, "page": 1, "next_at": next_at}
    else:
        changes = {"page": progress.page + 1, "next_at": next_at}
    return progress.model_copy(update=changes)


def _wait_after(error: PorchlightError) -> timedelta:
    if isinstance(error, RateLimitedError):
        return timedelta(seconds=error.retry_after or 60)
    return _AFTER_TROUBLE if isinstance(error, TransientError) else _AFTER_REFUSAL
