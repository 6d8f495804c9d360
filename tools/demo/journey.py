"""A parcel on its way, as a vendor sees it: its number, its route, and what the story has told by this hour."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tools.demo.routes import Route, Town
from tools.demo.stories import Scan, Story, Word


@dataclass(frozen=True, slots=True)
class Journey:
    """A parcel on its route, at an hour of the demo that began at `start`.

    Attributes:
        mover: Code of the carrier that moves it, for vendors who speak for others.
    """

    number: str
    story: Story
    route: Route
    start: datetime
    hour: float
    mover: str = ""

    @property
    def scans(self) -> list[Scan]:
        """What there is to show, newest first; empty while the vendor does not know the number."""
        return self.story.seen(self.hour)

    def told(self, silent: frozenset[Word] = frozenset()) -> list[Scan]:
        """The same without what a vendor never shows."""
        return [scan for scan in self.scans if scan.word not in silent]

    @property
    def estimate(self) -> date | None:
        """The day that is named."""
        day = self.story.estimate(self.hour)
        return None if day is None else (self.start + timedelta(days=day)).date()

    def when(self, scan: Scan) -> datetime:
        """Of a scan, UTC."""
        return self.start + timedelta(hours=scan.hour)

    def where(self, scan: Scan) -> Town:
        """Of a scan."""
        return self.route[scan.stop]

    def local(self, scan: Scan) -> datetime:
        """The wall clock there, with its offset."""
        return self.where(scan).local(self.when(scan))
