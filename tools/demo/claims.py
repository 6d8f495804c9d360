"""What the week must have come to where stores are read and sources disagree; what fails is said in a sentence."""

from collections.abc import Iterator

from porchlight.domain.status import Status

from tools.demo.books import Page
from tools.demo.formats import FORMATS
from tools.demo.play import PUSHERS, Stage
from tools.demo.snow import LANE, SNOW, STALLED, STORM
from tools.demo.week import TOGETHER
from tools.demo.world import AGGREGATED, CONTRADICTED, IN_TURN, RECYCLED


def claims(stage: Stage, pages: list[Page]) -> Iterator[str]:
    """Everything that does not hold."""
    by_number = {page.order.number: page for page in pages}
    yield from _vendors(stage)
    yield from _in_turn(stage, by_number[IN_TURN])
    yield from _aggregated(stage, by_number[AGGREGATED])
    yield from _contradicted(stage)
    yield from _recycled(by_number[RECYCLED])
    yield from _storm(stage, pages)
    yield from _together([by_number[number] for number in TOGETHER])
    yield from _desk(stage)


def _vendors(stage: Stage) -> Iterator[str]:
    """Every vendor that speaks was heard: asked, pushing, or both."""
    for code in FORMATS:
        if code not in stage.accounts and not stage.pushes[code]:
            yield f"{code} never said a word"
    yield from (f"{code} never pushed" for code in PUSHERS if not stage.pushes[code])


def _in_turn(stage: Stage, page: Page) -> Iterator[str]:
    """The carrier that does not know the number was asked, then the one that does; and the page names it."""
    number = page.order.parcels[0].number
    silent = [code for code in ("postnl", "dhl_unified") if not stage.carriers.asked[code, number]]
    yield from (f"{code} was not asked in turn" for code in silent)
    found = [parcel.carrier for parcel in page.state.parcels] if page.state else []
    if found != ["dhl_unified"]:
        yield f"the carrier that nobody named was found as {found}"


def _aggregated(stage: Stage, page: Page) -> Iterator[str]:
    """Registered by the stack itself."""
    if ("aftership", page.order.parcels[0].number) not in stage.carriers.registered:
        yield "the parcel that only an aggregator knows was never registered"


def _contradicted(stage: Stage) -> Iterator[str]:
    """In the middle of the week the disagreement stood there, and the carrier was believed."""
    [page] = [page for page in stage.midweek if page.order.number == CONTRADICTED]
    for parcel in page.state.parcels if page.state else ():
        told = parcel.truth.disagreement
        if told is None or (told.delivered_by, told.believed) != ("17track", "ups"):
            yield f"17TRACK's delivery was taken as {told}"
        if parcel.status is Status.DELIVERED:
            yield "a wrong delivery was believed"


def _recycled(page: Page) -> Iterator[str]:
    """The scans of the number's former parcel are kept, and count for nothing."""
    aside = [one for parcel in page.state.parcels for one in parcel.truth.set_aside] if page.state else []
    former = [scan for scan in page.order.parcels[0].story.scans if scan.hour < 0]
    if len(aside) != len(former):
        yield f"{len(aside)} scans of a former parcel were set aside, not {len(former)}"


def _storm(stage: Stage, pages: list[Page]) -> Iterator[str]:
    """One incident in the whole week, found by one order; its shoppers heard of it once, and of nothing else but it."""
    concerned = [page for page in pages if page.order in SNOW]
    theirs = {page.story["order_id"] for page in concerned if page.story}
    found = stage.books.incidents()
    if [one.lane.name for one in found] != [LANE] or found[0].opened_by not in theirs:
        yield f"storms {[(one.lane.name, one.opened_by) for one in found]}, not one on {LANE} found by its orders"
    shoppers = [page.order.person.email for page in concerned if STORM in page.sent]
    if len(shoppers) != len(set(shoppers)) or len(shoppers) != len(SNOW) - 1:
        yield f"{len(shoppers)} mails about the storm to {len(set(shoppers))} shoppers"
    yield from (f"{page.order.name} got a single alert in the storm" for page in concerned if STALLED in page.sent)


def _together(pages: list[Page]) -> Iterator[str]:
    """The two orders of one shopper that move together are told in one mail at least once."""
    if not any(page.along for page in pages):
        yield f"{' and '.join(page.order.name for page in pages)} of one shopper never shared a mail"


def _desk(stage: Stage) -> Iterator[str]:
    """The one code that no table knows, and nothing else."""
    found = {(one.source, one.code) for one in stage.books.unmapped()}
    if found != {("fedex", "ZX")}:
        yield f"on the mapping desk: {sorted(found)}"
