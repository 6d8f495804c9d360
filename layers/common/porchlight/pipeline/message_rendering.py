"""One message as its reader gets it: rendered, with the links that are theirs alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from porchlight.domain.brand import Brand
from porchlight.domain.ledger import Decision
from porchlight.domain.links import sign_link
from porchlight.domain.messages import OutgoingMessage
from porchlight.domain.opt_out import LIFE, OptOut, sign_opt_out
from porchlight.domain.purposes import Purpose
from porchlight.domain.state import OrderState
from porchlight.domain.telling import Telling, telling
from porchlight.pipeline.errands import Errand, SendingPorts
from porchlight.pipeline.message_tags import tag_of
from porchlight.pipeline.survey_links import answer_url
from porchlight.rendering import Rendered, render, render_several, tells_of_several
from porchlight.texts import texts_for

LINK_LIFE = timedelta(days=180)


def outgoing(errand: Errand, ports: SendingPorts, now: datetime) -> OutgoingMessage:
    """The message, ready for its channel. Raises `RenderError`."""
    brand, lead = ports.config.brand(), errand.told[0]
    stop_url, answer = _stop_url(errand, brand, ports, now), answer_url(errand, brand, ports, now)
    orders = [_telling(section.state, section.told, ports, now) for section in errand.also]
    if errand.news:
        own = _telling(errand.state, errand.news, ports, now)
        orders.insert(0, own.model_copy(update={"stop_url": stop_url, "answer_url": answer}))
    parts = _rendered(errand.channel.code, orders)
    return OutgoingMessage(
        message_id=errand.intent.message_id,
        tag=tag_of(errand.intent),
        touchpoint=lead.touchpoint,
        channel=errand.channel.code,
        locale=parts.locale,
        to=errand.address,
        sender=ports.sender,
        sender_name=brand.sender_name or brand.name,
        reply_to=brand.reply_to,
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        headers=_stop_headers(stop_url),
        template_version=parts.template_version,
    )


def _rendered(channel: str, orders: Sequence[Telling]) -> Rendered:
    """A channel without a form for several orders tells the first: only after a mail that failed it gets more."""
    several = len(orders) > 1 and tells_of_several(channel)
    return render_several(channel, orders) if several else render(channel, orders[0])


def _telling(state: OrderState, told: Sequence[Decision], ports: SendingPorts, now: datetime) -> Telling:
    token = sign_link(state.order_id, now + LINK_LIFE, ports.secrets.link_keys()[0])
    return telling(state, told[0], told, ports.config.brand(), f"{ports.page_url}/#{token}", now)


def _stop_url(errand: Errand, brand: Brand, ports: SendingPorts, now: datetime) -> str:
    """Empty for news about an order, which its shopper needs, and for the shop's own messages."""
    lead, order = errand.told[0], errand.state.order
    if lead.purpose is not Purpose.MARKETING or errand.for_merchant or order is None:
        return ""
    refused = OptOut(
        person=errand.person,
        order_id=errand.intent.order_id,
        purpose=lead.purpose,
        channel=errand.channel.code,
        touchpoint=lead.touchpoint,
        variant=lead.variant,
        locale=texts_for(order.shopper.locale, brand.default_locale).locale,
    )
    return f"{ports.page_url}/api/unsubscribe/{sign_opt_out(refused, now + LIFE, ports.secrets.link_keys()[0])}"


def _stop_headers(stop_url: str) -> dict[str, str]:
    """By which mail programs show a button of their own (RFC 2369, RFC 8058); Gmail and Yahoo ask for both."""
    if not stop_url:
        return {}
    return {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
