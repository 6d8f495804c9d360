"""The numbers of storms, as a merchant may set them. docs/decisions/0014-storms.md says how the defaults were found."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from porchlight.domain.durations import Duration
from porchlight.domain.model import StrictValue


class StormRules(StrictValue):
    """When parcels that stand still are one incident of their carrier and country.

    Attributes:
        enabled: `false` looks at no lane, and tells and holds nothing.
        no_scan_for: A parcel that the carrier has stands still after so long without a scan, weekends left out.
        share: So large a part of the parcels must stand still, surely: the lower end of its 95 % interval counts.
            The incident is over when less than half of it does.
        parcels: Fewer parcels on their way are no incident, whatever they do.
        still: Nor are fewer that stand still.
        lapses_after: An incident that nobody has seen again for so long is over.
        hold_at_most: So long a parcel's own message waits for the end; then it is told all the same.
    """

    enabled: bool = True
    no_scan_for: Duration = timedelta(hours=36)
    share: Annotated[float, Field(gt=0, lt=1)] = 0.35
    parcels: Annotated[int, Field(ge=2, le=2000)] = 12
    still: Annotated[int, Field(ge=2, le=2000)] = 8
    lapses_after: Duration = timedelta(hours=24)
    hold_at_most: Duration = timedelta(days=5)


USUAL_STORMS = StormRules()
