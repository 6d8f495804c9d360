"""Makes histories cheap: rendering and MIME are pure, tested on their own, and two thirds of a history's time.

Within `quick()` each touchpoint is rendered once per process and then remembered, and metrics go nowhere.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any
from unittest.mock import patch

from porchlight import observability
from porchlight.channels import email
from porchlight.domain.messages import OutgoingMessage
from porchlight.domain.telling import Telling
from porchlight.observability import logger
from porchlight.pipeline import message_rendering


def _remembered[**P, R](function: Callable[P, R], key: Callable[P, str]) -> Callable[P, R]:
    held: dict[str, R] = {}

    def call(*args: P.args, **named: P.kwargs) -> R:
        name = key(*args, **named)
        if name not in held:
            held[name] = function(*args, **named)
        return held[name]

    return call


class _Nowhere:
    """A metric that is counted nowhere. Not a mock: a history counts a hundred times, and making mocks took a third of it."""

    def add_dimension(self, name: str, value: str) -> None:
        """Nothing."""


_NOWHERE = nullcontext(_Nowhere())


@cache
def _substitutes(render: Callable[..., Any], mime: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def told_about(channel: str, told: Telling, *_: object) -> str:
        return f"{channel} {told.touchpoint}"

    def named(message: OutgoingMessage, _: str) -> str:
        return message.touchpoint

    return _remembered(render, told_about), _remembered(mime, named)


@contextmanager
def quick() -> Iterator[None]:
    """While this lasts, mails of one touchpoint look alike."""
    render, mime = _substitutes(message_rendering.render, email.mime)
    level = logger.level
    logger.setLevel("CRITICAL")
    # `patch` is in order here: nothing of what it replaces is what the simulation is about.
    with (
        patch.object(message_rendering, "render", render),
        patch.object(email, "mime", mime),
        patch.object(observability, "single_metric", lambda **_: _NOWHERE),
    ):
        yield
    logger.setLevel(level)
