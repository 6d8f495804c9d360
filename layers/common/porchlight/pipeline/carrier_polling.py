"""Stage 2: ask a carrier about one parcel and put the raw answer on the same queue as a push.

An answer that says nothing new ends here: only the schedule is written. Whatever happens, the parcel keeps its place in
the schedule: a failed poll backs off, a parcel without budget waits for it, a final one leaves.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from porchlight.domain.cadence import Watched, next_poll_at
from porchlight.domain.errors import (
    MalformedPayloadError,
    PermanentError,
    RateLimitedError,
    RefusedCredentialsError,
    TransientError,
)
from porchlight.domain.exchange import Envelope, Kind
from porchlight.domain.polling import next_turn
from porchlight.domain.records import Job, Watch
from porchlight.domain.release_order import Supply
from porchlight.domain.strays import OLDER_THAN_LABEL
from porchlight.domain.tracking import TrackingUpdate, newest, normal_number
from porchlight.observability import count, follow, logger
from porchlight.pipeline.parcel_asking import Answer, ask
from porchlight.pipeline.ports import Accounts, Http, Inbox, Queue, Secrets, Watches
from porchlight.pipeline.vendor_calls import Caller, NoBudgetError, Tokens
from porchlight.pipeline.webhook_intake import MAX_IN_QUEUE
from porchlight.plugins import CARRIERS

SOONEST_TURN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PollingPorts:
    """What polling needs.

    Attributes:
        wait: Sleeps so many seconds, for accounts that allow some calls a second; `None` to put the poll off instead.
    """

    watches: Watches
    accounts: Accounts
    secrets: Secrets
    http: Http
    updates: Queue
    inbox: Inbox
    tokens: Tokens
    wait: Callable[[float], None] | None = None


def poll(job: Job, ports: PollingPorts, now: datetime) -> None:
    """Ask about one parcel, if it is still due. Raises `TransientError` only when our own stores are out of reach."""
    follow(job.trace)
    watch = ports.watches.watch(job.order_id, job.tracking_number)
    if watch is None or watch.due_at > now:
        count("PollSkipped", reason="not due")
        return
    code, _, connection = watch.account.partition("/")
    carrier = CARRIERS.get(code)
    secrets = ports.secrets.connection(Kind.CARRIERS, code, connection)
    if secrets is None:
        count("PollSkipped", reason="no connection")
        _leave_account(watch, ports, now)
        return
    caller = Caller(
        vendor=carrier,
        kind=Kind.CARRIERS,
        account=watch.account,
        credentials=secrets.credentials,
        accounts=ports.accounts,
        http=ports.http,
        tokens=ports.tokens,
        now=now,
        wait=ports.wait,
    )
    try:
        answer = ask(watch, carrier, caller)
    except NoBudgetError as refused:
        ports.watches.reschedule(_moved(watch, refused.available_at), expected_due_at=watch.due_at)
        count("PollDeferred", carrier=code)
    except (TransientError, PermanentError) as error:
        _note_failure(watch, error, ports, now)
    else:
        _note_answer(watch, answer, ports, now, job.supply)


def _note_answer(watch: Watch, answer: Answer, ports: PollingPorts, now: datetime, supply: Supply) -> None:
    update = next((one for one in answer.updates if normal_number(one.tracking_number) == watch.tracking_number), None)
    said = digest(answer.updates)
    if answer.updates and said != watch.answer:
        # The answer is on the queue before the schedule forgets that it is new: a crash between the two repeats it.
        ports.updates.send([_envelope(watch, answer.body, said, ports.inbox, now)], group=watch.account)
    news = bool(answer.updates) and said != watch.answer
    count("PollAnswered", carrier=watch.account.partition("/")[0], news=str(news).lower())
    if answer.ask_in:
        told = {"registered": True, "due_at": now + answer.ask_in, "failures": 0}
        ports.watches.reschedule(watch.model_copy(update=told), expected_due_at=watch.due_at)
        return
    found = answer.says_something and not _tells_of_another(watch, update)
    if watch.others and not found:
        _ask_another(watch, ports, now)
        return
    turn = next_turn(_watched(watch, update), now, supply=supply)
    if turn is None:
        ports.watches.unwatch(watch)
        return
    # Who does not know the number does not follow it either: an aggregator is told once more before it is asked again.
    said_now = {"answer": said, "checked_at": now, "failures": 0, "registered": not answer.unknown}
    known = said_now | ({"others": ()} if found else {})
    moved = watch.model_copy(update={"due_at": turn.due_at, "urgency": turn.urgency, **known})
    ports.watches.reschedule(moved, expected_due_at=watch.due_at)


def _ask_another(watch: Watch, ports: PollingPorts, now: datetime, *, again: bool = True) -> None:
    """The next who may know the number: soon, until all were asked, then each in its turn."""
    due_at = next_poll_at(_watched(watch, None), now)
    if due_at is None:
        ports.watches.unwatch(watch)
        return
    turn = max((due_at - now) / (len(watch.others) + 1), SOONEST_TURN)
    later = (*watch.others[1:], watch.account) if again else watch.others[1:]
    turned = {"account": watch.others[0], "others": later, "registered": False, "answer": ""}
    changes = {"due_at": now + turn, "failures": 0, "checked_at": now, **turned}
    ports.watches.reschedule(watch.model_copy(update=changes), expected_due_at=watch.due_at)
    count("AnotherCarrierAsked")


def _leave_account(watch: Watch, ports: PollingPorts, now: datetime) -> None:
    """The merchant removed it."""
    if watch.others:
        _ask_another(watch, ports, now, again=False)
    else:
        ports.watches.unwatch(watch)


def _note_failure(watch: Watch, error: TransientError | PermanentError, ports: PollingPorts, now: datetime) -> None:
    carrier = watch.account.partition("/")[0]
    retry_after = error.retry_after if isinstance(error, TransientError) else None
    if isinstance(error, RateLimitedError):
        ports.accounts.pause(watch.account, now + timedelta(seconds=retry_after or 60))
    # A token may be revoked before its time, which the next poll heals; refused twice, the merchant must act.
    refused_again = isinstance(error, RefusedCredentialsError) and watch.failures > 0
    level = logger.error if refused_again else logger.warning
    field_name = error.field if isinstance(error, MalformedPayloadError) else ""
    level("poll failed", carrier=carrier, order_id=watch.order_id, error=type(error).__name__, field=field_name)
    count("PollFailed", carrier=carrier, error=type(error).__name__)
    if watch.others and isinstance(error, PermanentError):
        # Many answer 400 to a number that is not of their kind, and a refused account must not hide the others.
        _ask_another(watch, ports, now)
        return
    # A failure knows nothing of the parcel: it is given up by the time since the carrier last answered.
    since = watch.checked_at or watch.since
    watched = Watched(tracking_number=watch.tracking_number, since=since, failures=watch.failures + 1)
    due_at = next_poll_at(watched, now, retry_after=retry_after)
    if due_at is None:
        ports.watches.unwatch(watch)
        return
    moved = watch.model_copy(update={"due_at": due_at, "failures": watched.failures})
    ports.watches.reschedule(moved, expected_due_at=watch.due_at)


def digest(updates: list[TrackingUpdate]) -> str:
    """What an answer says, whenever it was said."""
    said = "\n".join(sorted(one.model_dump_json(exclude={"reported_at"}) for one in updates))
    return hashlib.blake2b(said.encode(), digest_size=9).hexdigest()


def _tells_of_another(watch: Watch, update: TrackingUpdate | None) -> bool:
    """The number was used before and its new parcel has not been scanned yet, or not by this carrier."""
    last = newest(update.events) if update else None
    return last is not None and last.occurred_at < watch.since - OLDER_THAN_LABEL


def _watched(watch: Watch, update: TrackingUpdate | None) -> Watched:
    unscanned = Watched(tracking_number=watch.tracking_number, since=watch.since, country=watch.country)
    if update is None or _tells_of_another(watch, update):
        return unscanned
    last = newest(update.events)
    return Watched(
        tracking_number=watch.tracking_number,
        since=watch.since,
        status=update.status,
        last_scan_at=last.occurred_at if last else None,
        estimate=update.estimate,
        country=watch.country,
    )


def _moved(watch: Watch, due_at: datetime) -> Watch:
    return watch.model_copy(update={"due_at": due_at})


def _envelope(watch: Watch, body: bytes, said: str, inbox: Inbox, now: datetime) -> Envelope:
    code, _, connection = watch.account.partition("/")
    body_key = None
    if len(body) > MAX_IN_QUEUE:
        body_key = f"inbox/polls/{code}/{hashlib.sha256(body).hexdigest()}"
        inbox.put(body_key, body)
    return Envelope(
        origin="poll",
        kind=Kind.CARRIERS,
        code=code,
        connection=connection,
        delivery_id=said,
        body=b"" if body_key else body,
        body_key=body_key,
        received_at=now,
        order_id=watch.order_id,
        tracking_number=watch.tracking_number,
        trace=watch.order_id,
    )
