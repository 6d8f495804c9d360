"""Every number of the simulation that no file gives, with where it comes from. They are printed beside each result.

Nobody has measured a shopper's patience for us: what is marked as our assumption is a guess that seems fair to all
three strategies, and `VARIANTS` shows what happens when it is wrong.
"""

from typing import Any

from porchlight.domain.model import StrictValue
from pydantic import Field

OURS = "our assumption"
REVIEWS = "share of 1 and 2 stars in the reviewed orders of the public Olist set before March 2018 (4,223 reviews)"


def _stated(value: float, meaning: str, source: str = OURS) -> Any:
    return Field(value, description=meaning, json_schema_extra={"source": source})


class FeedModel(StrictValue):
    """How stores and carriers tell what happened. Hand-over, arrival, promise and pieces come from the file."""

    packed_before: float = _stated(1.5, "the label is made at most so many days before hand-over, evenly spread")
    split: float = _stated(
        0.15, "of orders of several pieces and one seller come in two parcels; of several sellers all"
    )
    second_later: float = _stated(3.0, "days at most by which the second parcel is handed over later, evenly spread")
    days_between_scans: float = _stated(1.6, "mean gap between scans on the way, gamma distributed with shape 2")
    waits_for_work: float = _stated(
        0.9,
        "of scans on the way that fall on a weekend or holiday are made on the next working day",
        "hand-overs in the same Olist set: 2 % on weekends instead of 29 %, 0.1 % on other holidays instead of 2 %",
    )
    rests: float = _stated(0.5, "of late parcels rest unscanned for as many days as they are late")
    lost_after: float = _stated(5.0, "mean days of scans of a parcel that never arrives, exponential")
    no_van_scan: float = _stated(0.1, "of deliveries have no scan of the van")
    attempt: float = _stated(0.06, "of deliveries fail the day before")
    exception: float = _stated(0.03, "of parcels have an exception on the way")
    exception_late: float = _stated(0.2, "of late parcels have one")
    names_day: float = _stated(0.6, "of parcels go with a carrier that names a day of arrival")
    way_share: float = _stated(
        0.54,
        "of the time from order to promise: the way from hand-over to the day the carrier names first",
        "80th percentile of that share in the same Olist set",
    )
    slips_by: float = _stated(3.0, "days from a scan to the new day, once the named day has come")
    foresees: float = _stated(3.0, "days before arrival the carrier's named day becomes right; before, it only slips")
    heard_after: float = _stated(20.0, "mean minutes until a scan is heard of, exponential")
    heard_late: float = _stated(0.04, "of scans are heard of 3 to 48 hours late, so out of order")
    repeated: float = _stated(0.05, "of scans are told again within 6 hours")


class ShopperModel(StrictValue):
    """What people do. One person per order; chances are independent of each other."""

    reads: float = _stated(
        0.44, "of messages are read", "read rate of post-purchase mail, Return Path: Email Marketing Lookbook 2018"
    )
    reads_after: float = _stated(2.0, "median hours from sending to reading, log-normal with sigma 1.2")
    asks_waiting: float = _stated(0.004, "chance a day to ask where the order is, before the promised day is over")
    asks_overdue: float = _stated(0.08, "chance a day, after it")
    news_lasts: float = _stated(5.0, "days that a message which was read keeps its reader informed")
    informed: float = _stated(
        0.5,
        "times as likely to ask while informed",
        "our assumption; vendors of tracking claim 0.2 to 0.4 (WhereParcel 0.4, helmWMS 0.3, ShippyPro 0.2)",
    )
    informed_overdue: float = _stated(
        0.8, "the same once the promised day is over: good news of yesterday helps little"
    )
    warned: float = _stated(0.5, "times as likely to ask once overdue, for who has read what is wrong")
    warning_lasts: float = _stated(7.0, "days that such a message counts")
    answered: float = _stated(0.25, "times as likely to ask again in the week after asking")
    waits_at_most: float = _stated(45.0, "days after the promised day, then nobody asks any more")
    confused: float = _stated(0.005, "chance to ask because of a message that was moot or told again, once read")
    unsubscribes: float = _stated(
        0.001, "chance per message", "half the lower end of 0.2 to 0.3 % per campaign mail in e-commerce (Opensend)"
    )
    complains: float = _stated(
        0.0003, "chance per message to call it spam", "what transactional mail must not exceed (Spotler)"
    )
    annoyed: float = _stated(3.0, "times as likely to do either when it is moot, told again, or asks too early")
    crowded: float = _stated(2.0, "times as likely when another message came within a day")
    reviews_unasked: float = _stated(0.01, "write a review unasked")
    reviews_unasked_late: float = _stated(0.04, "of those whose order is late or never comes")
    reviews_asked: float = _stated(0.1, "write one when they read the request")
    bad_on_time: float = _stated(0.10, "of reviews are bad when all is there in time", REVIEWS)
    bad_late: float = _stated(0.35, "when it came late", f"{REVIEWS}, up to three days late")
    bad_absent: float = _stated(0.63, "when it is not there yet", REVIEWS)
    bad_warned: float = _stated(
        0.85, "times as likely to be bad for who read of the delay before the promised day ended"
    )


FEED = FeedModel()
SHOPPER = ShopperModel()

VARIANTS: dict[str, ShopperModel] = {
    "as stated": SHOPPER,
    "half the effect of messages": SHOPPER.model_copy(
        update={"informed": 0.75, "informed_overdue": 0.9, "warned": 0.75, "bad_warned": 0.925}
    ),
    "messages calm nobody": SHOPPER.model_copy(
        update={"informed": 1.0, "informed_overdue": 1.0, "warned": 1.0, "bad_warned": 1.0}
    ),
    "what vendors claim": SHOPPER.model_copy(update={"informed": 0.3, "informed_overdue": 0.3, "warned": 0.3}),
    "twice as impatient": SHOPPER.model_copy(update={"asks_waiting": 0.008, "asks_overdue": 0.16}),
    "reads nearly everything": SHOPPER.model_copy(update={"reads": 0.8}),
}


def table(model: StrictValue) -> list[str]:
    """The model as the rows of a markdown table."""
    rows = [f"| {type(model).__name__} | value | meaning | source |", "|---|---|---|---|"]
    for name, field in type(model).model_fields.items():
        extra = field.json_schema_extra
        source = extra["source"] if isinstance(extra, dict) else OURS
        rows.append(f"| `{name}` | {getattr(model, name):g} | {field.description} | {source} |")
    return rows
