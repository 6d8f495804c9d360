"""Which channel a message takes: the shopper's own choice, then where they answer, then what it costs.

A channel without an address, one that bounced or was refused, or one without the consent this message needs is passed
over for the next, and so is one that takes nothing for now while another does. When none is left, the first with an
address is named all the same, so that the guards tell why nothing is sent.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.purposes import Purpose
from porchlight.domain.shopper import Response, Shopper

_BELIEVED_ANSWERED, _BELIEVED = 1.0, 4.0
"""Before anything is known every channel is answered one time in four."""
ALIKE = 0.1
"""Closer shares of answers than this are no reason to prefer a dearer channel."""


class Wish(NamedTuple):
    """What a message asks of its channel.

    Attributes:
        channels: The merchant's, best first.
        costs: Of one message, by channel, in one unit; 0 where nothing is said.
        failed: Channels that this message has already failed on.
        held_up: Channels that take nothing of the kind for now.
    """

    purpose: Purpose
    channels: Sequence[str]
    costs: Mapping[str, float] = {}
    failed: Collection[str] = ()
    held_up: Collection[str] = ()


def channel_for(wish: Wish, reach: Collection[str], shopper: Shopper, order: OrderSnapshot) -> str:
    """The channel to use; empty when none has an address, or each has failed."""
    addressed = [one for one in wish.channels if one in reach and one not in wish.failed]
    fit = [one for one in addressed if _is_open(one, wish.purpose, shopper, order)]
    fit = [one for one in fit if one not in wish.held_up] or fit
    if shopper.channel in fit:
        return shopper.channel
    return _best(fit, wish.costs, shopper) if fit else next(iter(addressed), "")


def agreed_at_checkout(order: OrderSnapshot, channel: str) -> bool:
    """The shopper agreed to marketing there when ordering."""
    return order.sms_consent if channel == "sms" else order.marketing_consent


def answer_rate(response: Response | None) -> float:
    """How often messages are answered there, between what is believed of everybody and what was seen."""
    seen = response or Response()
    return (_BELIEVED_ANSWERED + min(seen.answered, seen.sent)) / (_BELIEVED + seen.sent)


def _best(channels: list[str], costs: Mapping[str, float], shopper: Shopper) -> str:
    rates = {one: answer_rate(shopper.responses.get(one)) for one in channels}
    alike = [one for one in channels if max(rates.values()) - rates[one] < ALIKE]
    return min(alike, key=lambda one: costs.get(one, 0.0))


def _is_open(channel: str, purpose: Purpose, shopper: Shopper, order: OrderSnapshot) -> bool:
    if shopper.suppressed.get(channel) or shopper.has_stopped(purpose, channel):
        return False
    agreed = channel in shopper.consented or agreed_at_checkout(order, channel)
    return purpose is not Purpose.MARKETING or agreed
