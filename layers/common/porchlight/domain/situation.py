"""Everything outside an order that a decision about it looks at."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from porchlight.domain.channel_health import HEALTHY, ChannelHealth
from porchlight.domain.engagement import Habit
from porchlight.domain.fallback import Progress
from porchlight.domain.localities import NOWHERE, Locality
from porchlight.domain.purposes import Audience
from porchlight.domain.shopper import NOBODY, Shopper
from porchlight.domain.siblings import Sibling
from porchlight.domain.storm_looks import NO_STORMS, StormLook
from porchlight.domain.variants import Tallies


class Situation(NamedTuple):
    """What is known beside the order.

    Attributes:
        reach: Channels that have an address, by audience.
        shopper: Asked only when something is due: most looks at an order need nobody's history.
        place: Where the order goes.
        heard_now: Parcels that were never heard of before.
        unasked: Parcels whose carrier is about to be asked for the first time: whether they are silent is not known.
        habits: When others tend to read, all shoppers first, given the order's segments; asked only where it matters.
        tallies: What became of each variant so far.
        storm: What storms mean for this order.
        progress: What became of the order's messages.
        health: How a channel is; asked only when something is due.
        siblings: The shopper's other orders that may have news; asked only where news waits for theirs.
    """

    reach: Mapping[Audience, Collection[str]]
    shopper: Callable[[], Shopper] = lambda: NOBODY
    place: Locality = NOWHERE
    heard_now: Collection[str] = ()
    unasked: Collection[str] = ()
    habits: Callable[[Sequence[str]], tuple[Habit, ...]] = lambda _: ()
    tallies: Tallies = {}
    storm: StormLook = NO_STORMS
    progress: Progress = Progress()
    health: Callable[[str], ChannelHealth] = lambda _: HEALTHY
    siblings: Callable[[Shopper], tuple[Sibling, ...]] = lambda _: ()
