"""Which page or answer a request of the tracking API is for; each takes the link of its address, the body and ports."""

from datetime import datetime

from porchlight.pipeline import answering, opting_out, tracking_api
from porchlight.pipeline.tracking_api import PagePorts, Reply

_ROUTES = {
    "GET /api/unsubscribe/{token}": opting_out.show,
    "POST /api/unsubscribe/{token}": opting_out.choose,
    "GET /api/survey/{token}/{score}": answering.show,
    "POST /api/survey/{token}/{score}": answering.answer,
}


def reply(route: str, link: str | None, body: str, ports: PagePorts, now: datetime) -> Reply:
    """What `route` answers; every route that is not listed is of the tracking page."""
    return _ROUTES.get(route, tracking_api.answer)(link, body, ports, now)
