"""The numbers of the review hold, as a merchant may set them. docs/review-hold.md says how the defaults were found."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from porchlight.domain.durations import Duration
from porchlight.domain.model import StrictValue
from porchlight.domain.status import Status


class HoldRules(StrictValue):
    """When a request for a review waits. Every wait ends.

    Attributes:
        rest: From the last arrival to the request: time to unpack and try.
        limit: Everybody is asked this long after the last arrival, or after the promised day when parts never arrive.
        never_after: And in no case later than this, counted from the order.
        expected_within: Stands in for the promised day where nobody promised one.
        after_trouble: How long a problem that is over still counts: late arrival, refund, solved complaint, low score.
        long_wait: Longer from order to arrival is a long wait, promise or not.
        together_within: Several pieces that are there this soon after the order came together; later ones may not have.
        parts_within: How long to watch for a second parcel where the store does not say what is in the first.
        low_score: This survey score and lower ones are a problem.
        no_scan_for: How long a stage may be silent.
    """

    rest: Duration = timedelta(days=5)
    limit: Duration = timedelta(days=30)
    never_after: Duration = timedelta(days=180)
    expected_within: Duration = timedelta(days=30)
    after_trouble: Duration = timedelta(days=14)
    long_wait: Duration = timedelta(days=30)
    together_within: Duration = timedelta(days=7)
    parts_within: Duration = timedelta(days=14)
    low_score: Annotated[int, Field(ge=1, le=4)] = 2
    no_scan_for: dict[Status, Duration] = {
        Status.PRE_TRANSIT: timedelta(hours=96),
        Status.IN_TRANSIT: timedelta(hours=96),
        Status.OUT_FOR_DELIVERY: timedelta(hours=36),
        Status.DELIVERY_ATTEMPTED: timedelta(hours=72),
    }


USUAL_HOLD = HoldRules()
