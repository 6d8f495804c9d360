"""The words templates may call: facts in, the shopper's language out.

Each is a plain function of values; what it returns is text without markup, which an HTML template escapes.
"""

from porchlight.domain.moments import Moment
from porchlight.domain.order_news import Money
from porchlight.domain.status import SubStatus
from porchlight.domain.telling import Telling, ToldParcel
from porchlight.domain.tracking import Estimate, EstimateSource
from porchlight.texts import Texts


class Words:
    """Words about one message."""

    def __init__(self, told: Telling, texts: Texts) -> None:
        self._told = told
        self._texts = texts

    def carrier(self, parcel: ToldParcel) -> str:
        """Its name, or `the carrier` as a sentence begins with it."""
        return parcel.carrier or self._texts.say("carrier")

    def why(self, parcel: ToldParcel, otherwise: str) -> str:
        """The sentence for the parcel's reason, or for `otherwise` where there is no reason or no sentence for it."""
        key = f"why.{parcel.sub_status}"
        if parcel.sub_status is SubStatus.NONE or not self._texts.has(key):
            key = otherwise
        return self._texts.say(key, 1, carrier=self.carrier(parcel))

    def day(self, when: Estimate | Moment) -> str:
        """Its day."""
        return self._texts.day(when.day, self._told.today)

    def first_day(self, parcel: ToldParcel) -> str:
        """The day that was said first; empty when it has not moved."""
        return self._texts.day(parcel.first_day, self._told.today) if parcel.first_day else ""

    def moment(self, when: Moment) -> str:
        """Its day, and its time where one was printed."""
        if when.time is None:
            return self.day(when)
        return self._texts.say("format.moment", day=self.day(when), time=self._texts.time(when.time))

    def window(self, estimate: Estimate) -> str:
        """The hours of an estimate; empty when only the day is known."""
        if estimate.window_end is None:
            return ""
        if estimate.window_start is None:
            return self._texts.say("estimate.by", end=self._texts.time(estimate.window_end))
        start, end = self._texts.time(estimate.window_start), self._texts.time(estimate.window_end)
        return self._texts.say("estimate.window", start=start, end=end)

    def expected(self, estimate: Estimate) -> str:
        """Its day, and its hours where they are known."""
        window = self.window(estimate)
        return (
            self._texts.say("format.estimate", day=self.day(estimate), window=window) if window else self.day(estimate)
        )

    def money(self, sum_of: Money) -> str:
        """An amount with its currency, with the decimal mark of the language."""
        amount = sum_of.amount.replace(".", self._texts.say("format.decimal"))
        return self._texts.say("format.money", amount=amount, currency=sum_of.currency)

    def who_expects(self, estimate: Estimate) -> str:
        """Whose estimate it is, and that it may change."""
        by_carrier = estimate.source is EstimateSource.CARRIER
        return self._texts.say("estimate.from_carrier" if by_carrier else "estimate.from_store")


def wording(told: Telling, texts: Texts) -> dict[str, object]:
    """All words by the name templates call them."""
    words = Words(told, texts)
    return {
        "t": texts.say,
        "carrier": words.carrier,
        "why": words.why,
        "day": words.day,
        "first_day": words.first_day,
        "moment": words.moment,
        "window": words.window,
        "expected": words.expected,
        "who_expects": words.who_expects,
        "money": words.money,
    }
