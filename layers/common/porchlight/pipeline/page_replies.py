"""The answers of pages behind a message's links. A forged, a mangled and an expired link get one answer."""

from collections.abc import Callable
from typing import Protocol

from porchlight.domain.errors import InvalidSignatureError, TransientError
from porchlight.pipeline.ports import Config
from porchlight.pipeline.tracking_api import Reply
from porchlight.stop_page import Scene, stop_page

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class Spoken(Protocol):
    """What a link names; `locale` is the language its page speaks."""

    @property
    def locale(self) -> str:
        """BCP 47."""


def page_of[L: Spoken](named: Callable[[], L], page: Callable[[L], str], config: Config) -> Reply:
    """The page of what a link names, a page that it does not work, or one that it does not work just now.

    Args:
        named: Opens the link; raises `InvalidSignatureError`.
        page: Acts, and gives the document; raises the same for a link that leads nowhere any more.
        config: Knows the shop's looks.
    """
    locale = ""
    try:
        one = named()
        locale = one.locale
        return Reply(200, page(one), _HEADERS)
    except InvalidSignatureError:
        return Reply(404, stop_page(Scene.DEAD, config.brand(), ""), _HEADERS)
    except TransientError:
        later = stop_page(Scene.LATER, config.brand(), locale)
        return Reply(503, later, _HEADERS | {"Retry-After": "10"})
