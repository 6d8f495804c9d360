"""What the tracking page asks: the view of one order by its signed link, or a link by order number and e-mail.

"Wrong", "not found", "forged" and "expired" are one answer. A look-up does the same work whether or not it finds
anything: one keyed digest, one read, and a link signed for a real or an imaginary order.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.facts import order_id_of
from porchlight.domain.fold import fold
from porchlight.domain.links import lookup_digest, open_link, sign_link
from porchlight.domain.view import TrackingView, tracking_view
from porchlight.pipeline.ports import Config, Orders, Secrets

LOOKUP_LINK_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PagePorts:
    """What the page needs."""

    orders: Orders
    secrets: Secrets
    config: Config


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
    return tracking_view(fold(record.facts), ports.config.journey(), checked_at, now)


def look_up(order_number: str, email: str, ports: PagePorts, now: datetime) -> str | None:
    """A fresh link for who knows order number and e-mail; `None` for everybody else."""
    keys = ports.secrets.link_keys()
    found = [ports.orders.by_lookup(lookup_digest(order_number, email, key)) for key in keys]
    order_id = next((one for one in found if one), None)
    nobody = order_id_of("nobody", order_number, email)
    link = sign_link(order_id or nobody, now + LOOKUP_LINK_LIFE, keys[0])
    return link if order_id else None
