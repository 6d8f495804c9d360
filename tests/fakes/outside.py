"""The two sides that are not ours: a carrier's site that answers in UPS's format, and a mail provider.

Both are honest here; what makes them fail is put between them and the pipeline (see `tests/simulation/faults.py`).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from porchlight.domain.errors import RefusedCredentialsError, UnknownParcelError
from porchlight.domain.exchange import HttpRequest
from porchlight.domain.messages import EmailCall, Receipt


@dataclass(frozen=True)
class Scan:
    """One scan at the carrier: when, and the carrier's activity code and one-letter type."""

    at: datetime
    code: str
    kind: str = "I"
    city: str = "Boise"


@dataclass
class Parcel:
    """A parcel as its carrier knows it."""

    scans: list[Scan] = field(default_factory=list)
    estimates: list[tuple[datetime, date]] = field(default_factory=list)
    """From when on the carrier names which day."""


@dataclass
class CarrierSite:
    """`Http`: tokens and tracking answers as of `clock()`."""

    clock: Callable[[], datetime]
    parcels: dict[str, Parcel] = field(default_factory=dict)
    calls: list[datetime] = field(default_factory=list)
    tokens: int = 0

    def call(self, request: HttpRequest) -> bytes:
        self.calls.append(self.clock())
        if request.url.endswith("/oauth/token"):
            self.tokens += 1
            return json.dumps({"access_token": f"token-{self.tokens}", "expires_in": "14399"}).encode()
        if not request.headers.get("Authorization", "").startswith("Bearer token-"):
            message = "no token"
            raise RefusedCredentialsError(message)
        number = request.url.rpartition("/")[2].partition("?")[0]
        return self._answer(number)

    def _answer(self, number: str) -> bytes:
        parcel, now = self.parcels.get(number, Parcel()), self.clock()
        happened = [scan for scan in parcel.scans if scan.at <= now]
        if not happened:
            message = "not known yet"
            raise UnknownParcelError(message)
        days = [day for since, day in parcel.estimates if since <= now]
        package = {
            "trackingNumber": number,
            "deliveryDate": [{"type": "SDD", "date": f"{days[-1]:%Y%m%d}"}] if days else [],
            "activity": [_activity(scan) for scan in reversed(happened)],
        }
        return json.dumps({"trackResponse": {"shipment": [{"package": [package]}]}}).encode()


def _activity(scan: Scan) -> dict[str, object]:
    gmt = scan.at.astimezone(UTC)
    return {
        "location": {"address": {"city": scan.city, "stateProvince": "ID", "countryCode": "US"}},
        "status": {"type": scan.kind, "code": scan.code, "description": f"Scan {scan.code}"},
        "date": f"{gmt:%Y%m%d}",
        "time": f"{gmt:%H%M%S}",
        "gmtDate": f"{gmt:%Y%m%d}",
        "gmtTime": f"{gmt:%H:%M:%S}",
    }


@dataclass(frozen=True)
class Mail:
    """One accepted mail."""

    provider_id: str
    at: datetime
    call: EmailCall


@dataclass
class MailProvider:
    """`Transports`: accepts every mail and tells `accepted` about it."""

    clock: Callable[[], datetime]
    accepted: Callable[[Mail], None] = lambda _: None
    mails: list[Mail] = field(default_factory=list)

    def send_email(self, call: EmailCall) -> Receipt:
        mail = Mail(f"mail-{len(self.mails) + 1}", self.clock(), call)
        self.mails.append(mail)
        self.accepted(mail)
        return Receipt(provider_id=mail.provider_id, sent_at=mail.at)
