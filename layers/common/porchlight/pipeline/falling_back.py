"""What is known of messages on their way, and the look at their order when one of them has failed."""

from porchlight.domain.fallback import Progress
from porchlight.domain.journeys import Journey
from porchlight.domain.ledger import Decision
from porchlight.domain.orders import Person
from porchlight.domain.records import OrderRecord, Tick
from porchlight.pipeline.ports import Queue
from porchlight.plugins import CHANNELS


def so_far(record: OrderRecord) -> Progress:
    """What became of an order's messages."""
    messages = {key: row.message for key, row in record.ledger.items() if row.message}
    return Progress(messages, [code for code in CHANNELS.codes() if CHANNELS.get(code).tells_of_delivery])


def has_another_way(decision: Decision, person: Person, journey: Journey) -> bool:
    """Whether urgent news that its channel can not take in time may be told by another at once.

    Only the first try of what every order is told alike: else it might have no other way left, and waits instead.
    """
    if not decision.urgent or decision.instead_of or decision.variant:
        return False
    channels = next((one.channels for one in journey.switched_on if one.id == decision.touchpoint), ())
    return any(one != decision.channel and CHANNELS.get(one).address_of(person) for one in channels)


def look_again(order_id: str, updates: Queue) -> None:
    """A message of this order has failed: whether another channel is to tell it is decided anew.

    Repeats are harmless. Where one channel is all there is, nothing can follow. Raises `TransientError`.
    """
    if len(CHANNELS.codes()) > 1:
        updates.send([Tick(order_id=order_id, trace=order_id)], group=order_id)
