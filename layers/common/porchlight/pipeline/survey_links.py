"""The address under which one reader of one message answers the survey."""

from datetime import datetime

from porchlight.domain.brand import Brand
from porchlight.domain.survey import TEMPLATE
from porchlight.domain.survey_links import LIFE, Ask, sign_ask
from porchlight.pipeline.errands import Errand, SendingPorts
from porchlight.texts import texts_for


def answer_url(errand: Errand, brand: Brand, ports: SendingPorts, now: datetime) -> str:
    """Without the score that is to stand behind it; empty for every message that asks no survey, or not a shopper."""
    lead, order = next(iter(errand.news), None), errand.state.order
    if lead is None or order is None or errand.for_merchant or (lead.template or lead.touchpoint) != TEMPLATE:
        return ""
    ask = Ask(
        person=errand.person,
        order_id=errand.intent.order_id,
        message_id=errand.intent.message_id,
        channel=errand.channel.code,
        locale=texts_for(order.shopper.locale, brand.default_locale).locale,
    )
    return f"{ports.page_url}/api/survey/{sign_ask(ask, now + LIFE, ports.secrets.link_keys()[0])}"
