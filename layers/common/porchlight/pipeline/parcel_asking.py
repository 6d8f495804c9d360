"""One account asked about one parcel: an aggregator is told of it first, then asked like a carrier.

At most one of the two calls is made at a time, besides that for a token: so a registration that is refused, mostly
because the aggregator follows the parcel already, never spends what the question needs.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from porchlight.domain.errors import (
    MalformedPayloadError,
    PermanentError,
    RefusedCredentialsError,
    UnknownParcelError,
)
from porchlight.domain.exchange import HttpRequest
from porchlight.domain.records import Watch
from porchlight.domain.redaction import shape_of
from porchlight.domain.status import Status
from porchlight.domain.tracking import TrackingUpdate
from porchlight.observability import count, logger
from porchlight.pipeline.vendor_calls import Caller
from porchlight.plugins import Carrier

AFTER_REGISTRATION = timedelta(minutes=15)
"""An aggregator asks the carrier before it can answer."""
AFTER_REFUSAL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking: the vendor's updates and its bytes.

    Attributes:
        unknown: It does not know the number, or not yet, or follows it no more.
        ask_in: It was only told of the parcel: it is asked after this long.
    """

    updates: list[TrackingUpdate]
    body: bytes = b""
    unknown: bool = False
    ask_in: timedelta | None = None

    @property
    def says_something(self) -> bool:
        """An aggregator's new tracker is an empty shell."""
        return any(one.events or one.status is not Status.UNKNOWN for one in self.updates)


def ask(watch: Watch, carrier: Carrier, caller: Caller) -> Answer:
    """One registration or one question.

    Raises:
        NoBudgetError: The account may not be called now.
        PorchlightError: As the `Http` port and the plug-in say, but for `UnknownParcelError`, which is an answer.
    """
    query, credentials = watch.query(caller.now), caller.credentials
    try:
        token = caller.token()
        told = None if watch.registered else carrier.registration_request(query, credentials, token)
        if told:
            return _registered(told, watch, carrier, caller)
        body = caller.call(carrier.tracking_request(query, credentials, token))
        return Answer(_read(carrier, body, watch, caller.now), body)
    except UnknownParcelError:
        return Answer([], unknown=True)


def _registered(request: HttpRequest, watch: Watch, carrier: Carrier, caller: Caller) -> Answer:
    """Its answer, which may already tell of the parcel."""
    try:
        body = caller.call(request)
    except (RefusedCredentialsError, UnknownParcelError):
        raise
    except PermanentError:
        # 400 or 409 for a number they follow already; whether it was that, the question tells.
        count("RegistrationRefused", carrier=carrier.code)
        return Answer([], ask_in=AFTER_REFUSAL)
    updates = _read(carrier, body, watch, caller.now) if body.strip() else []
    count("ParcelRegistered", carrier=carrier.code)
    answer = Answer(updates, body)
    return answer if answer.says_something else replace(answer, ask_in=AFTER_REGISTRATION)


def _read(carrier: Carrier, body: bytes, watch: Watch, now: datetime) -> list[TrackingUpdate]:
    """What the vendor says; an update without a number is about the parcel that was asked for."""
    try:
        updates = carrier.parse_tracking(body, received_at=now)
    except MalformedPayloadError:
        logger.warning("carrier answer not understood", carrier=carrier.code, shape=shape_of(body))
        raise
    number = {"tracking_number": watch.tracking_number}
    return [one if one.tracking_number else one.model_copy(update=number) for one in updates]
