"""What the tracking page asks: the view of one order by its signed link, or a link by order number and e-mail.

"Wrong", "not found", "forged" and "expired" are one answer. A look-up does the same work whether or not it finds
anything: one keyed digest, one read, and a link signed for a real or an imaginary order.

That somebody looked is learned, once an hour, and never at the page's cost: what can not be noted is let go.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, ValidationError

from porchlight.domain.banners import BannerView, shown_banners
from porchlight.domain.errors import InvalidSignatureError, PorchlightError, TransientError
from porchlight.domain.facts import order_id_of
from porchlight.domain.fold import fold
from porchlight.domain.links import lookup_digest, open_link, person_digest, sign_link
from porchlight.domain.localities import locality_of
from porchlight.domain.model import StrictValue
from porchlight.domain.rule_facts import rule_facts
from porchlight.domain.shopper import NOBODY
from porchlight.domain.state import OrderState
from porchlight.domain.storm_view import StormView, storm_view
from porchlight.domain.view import TrackingView, tracking_view
from porchlight.observability import count
from porchlight.pipeline.lane_weather import open_incident
from porchlight.pipeline.learning import Learner
from porchlight.pipeline.person_ports import Customers, KeptChoices
from porchlight.pipeline.ports import Config, Lanes, Orders, Secrets

LOOKUP_LINK_LIFE = timedelta(days=30)


class Question(StrictValue):
    """What the look-up form sends."""

    order: Annotated[str, Field(min_length=1, max_length=60)]
    email: Annotated[str, Field(min_length=3, max_length=254)]


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class PagePorts:
    """What the page needs."""

    orders: Orders
    secrets: Secrets
    config: Config
    customers: Customers
    choices: KeptChoices
    lanes: Lanes


def answer(token: str | None, body: str, ports: PagePorts, now: datetime) -> Reply:
    """The answer to the page: to a link when there is one, else to the look-up form in `body`."""
    try:
        if token is not None:
            view = view_order(token, ports, now)
            return _reply(view.model_dump_json() if view else None, "max-age=30")
        question = Question.model_validate_json(body)
        link = look_up(question.order, question.email, ports, now)
    except ValidationError:
        return _reply(None, _NOT_KEPT)
    except TransientError:
        return Reply(503, "{}", _headers(_NOT_KEPT) | {"Retry-After": "10"})
    return _reply(f'{{"token":"{link}"}}' if link else None, _NOT_KEPT)


def view_order(token: str, ports: PagePorts, now: datetime) -> TrackingView | None:
    """The page of the order this link opens; `None` for every other link."""
    try:
        order_id = open_link(token, ports.secrets.link_keys(), now)
    except InvalidSignatureError:
        return None
    record = ports.orders.read(order_id)
    if record is None:
        return None
    checked_at = {number: watch.checked_at for number, watch in record.watches.items() if watch.checked_at}
    state = fold(ports.config.mappings().applied_to(record.facts))
    _note_view(state, ports.customers, now)
    view = tracking_view(state, ports.config.journey(), checked_at, now, _banners(state, ports, now))
    return view.model_copy(update={"storm": _storm(state, ports, now)})


def _storm(state: OrderState, ports: PagePorts, now: datetime) -> StormView | None:
    """What holds up a parcel of this order, and many others; the page does without, rather than fail for it."""
    try:
        return storm_view(open_incident(state, ports.config.journey(), ports.lanes, now))
    except TransientError:
        count("StormLeftOut")
        return None


def _banners(state: OrderState, ports: PagePorts, now: datetime) -> tuple[BannerView, ...]:
    """What the shop says above the parcels; the page does without, rather than fail for it."""
    journey, order = ports.config.journey(), state.order
    if order is None or not journey.banners:
        return ()
    knows = order.shopper.email and any(one.when for one in journey.banners)
    try:
        shopper = ports.customers.shopper(person_digest(order.shopper.email), now) if knows else NOBODY
    except TransientError:
        count("BannersLeftOut")
        return ()
    local_now = now.astimezone(locality_of(order.destination).zone)
    facts = rule_facts(state, order, shopper, None, local_now)
    return shown_banners(journey.banners, journey.segments, facts)


def _note_view(state: OrderState, customers: Customers, now: datetime) -> None:
    """Whatever goes wrong here, also for good, is no reason to keep the page from anybody."""
    email = state.order.shopper.email.strip() if state.order else ""
    if not state.order or not email:
        return
    try:
        Learner(customers, now).from_page(state.order_id, person_digest(email), locality_of(state.order.destination))
    except PorchlightError:
        count("PageViewLost")


def look_up(order_number: str, email: str, ports: PagePorts, now: datetime) -> str | None:
    """A fresh link for who knows order number and e-mail; `None` for everybody else."""
    keys = ports.secrets.link_keys()
    found = [ports.orders.by_lookup(lookup_digest(order_number, email, key)) for key in keys]
    # An order without an e-mail address is indexed too; nothing but white space must not prove it.
    order_id = next((one for one in found if one and email.strip()), None)
    nobody = order_id_of("nobody", order_number, email)
    link = sign_link(order_id or nobody, now + LOOKUP_LINK_LIFE, keys[0])
    return link if order_id else None


_NOT_KEPT = "no-store"


def _reply(found: str | None, cache: str) -> Reply:
    return Reply(200, found, _headers(cache)) if found else Reply(404, '{"error":"not found"}', _headers(_NOT_KEPT))


def _headers(cache: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Cache-Control": cache}
