"""An order in a store, as it stands at an hour: what every store tells in its own words."""

from dataclasses import dataclass
from datetime import datetime

from tools.demo.orders import Order, Packing
from tools.demo.routes import Town, route_to
from tools.demo.shop import PRICE, Moment

FULL_NAME = {"AE": "United Arab Emirates", "DE": "Germany", "FR": "France", "GB": "United Kingdom"}
FULL_NAME |= {"NL": "Netherlands", "US": "United States"}


@dataclass(frozen=True, slots=True)
class Bought:
    """One order at an hour of the demo; `moment` turns hours into times."""

    order: Order
    hour: float
    moment: Moment

    @property
    def placed_at(self) -> datetime:
        """When it was bought."""
        return self.moment(self.order.placed)

    @property
    def packings(self) -> list[Packing]:
        """What has been packed by then."""
        return [packing for packing in self.order.packings if packing.hour <= self.hour]

    @property
    def changed_at(self) -> datetime:
        """When the store wrote to it last."""
        return self.moment(max([self.order.placed, *(packing.hour for packing in self.packings)]))

    @property
    def town(self) -> Town:
        """Where it goes."""
        return route_to(self.order.town)[2]

    @property
    def total(self) -> float:
        """Of all lines."""
        return float(PRICE * len(self.order.lines))

    def line_id(self, place: int) -> int:
        """The store's id of a line."""
        return self.order.number * 10 + place

    def lines_of(self, packing: Packing) -> list[int]:
        """Places of the lines in a packing."""
        return [place for place in packing.lines if place < len(self.order.lines)]
