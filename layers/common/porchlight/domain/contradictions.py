"""What a journey says and can never do: each field may be right by itself, and together they make a message impossible.

Only what can be decided from the file is told. `contradictions` are refused; `doubts` are odd and may be meant.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain

from porchlight.domain.bundles import BEFORE
from porchlight.domain.condition_words import impossible
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.order_occurrences import ORDER_FINDERS
from porchlight.domain.parcel_occurrences import CUSTOMS_STEPS
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.shopper import MOST
from porchlight.domain.status import Finality, Status, SubStatus, finality_of
from porchlight.domain.togetherness import Flaw, of_bundles, of_digests
from porchlight.domain.waits import LONGEST

_KEPT_AT_LEAST = timedelta(days=40)
"""The shortest retention that a stack accepts."""

_ABOUT_A_PARCEL = frozenset(Trigger) - ORDER_FINDERS.keys() | {Trigger.FIRST_MOVEMENT, Trigger.PART_ARRIVED}

_FOR_EVERY_ORDER = frozenset({Trigger.ORDER_PLACED, Trigger.DELIVERED, Trigger.ALL_ARRIVED, Trigger.REPLENISH})
"""Triggers that an ordinary order comes to and that still hold when the review hold ends. `replenish` follows
`all_arrived`."""

_ASKS = "review_request"

NO_PROBLEM = frozenset(
    {
        SubStatus.LABEL_CREATED,
        SubStatus.AWAITING_HANDOVER,
        SubStatus.ACCEPTED,
        SubStatus.ARRIVED_AT_FACILITY,
        SubStatus.DEPARTED_FACILITY,
        SubStatus.PROCESSED_AT_FACILITY,
        SubStatus.AT_LOCAL_DEPOT,
        SubStatus.ARRIVED_IN_DESTINATION_COUNTRY,
        SubStatus.HANDED_TO_PARTNER,
        SubStatus.DELIVERY_SCHEDULED,
        SubStatus.PROBLEM_RESOLVED,
        SubStatus.CUSTOMS_STARTED,
        SubStatus.CUSTOMS_CLEARED,
        SubStatus.AT_PICKUP_POINT,
        SubStatus.AT_LOCKER,
        SubStatus.AT_POST_OFFICE,
        SubStatus.SIGNED_FOR,
        SubStatus.LEFT_WITH_NEIGHBOUR,
        SubStatus.LEFT_IN_SAFE_PLACE,
        SubStatus.LEFT_IN_MAILBOX,
        SubStatus.COLLECTED,
    }
)
"""Reasons that no carrier gives for a problem."""

_REASONS: dict[Trigger, frozenset[SubStatus]] = {
    Trigger.EXCEPTION: frozenset(SubStatus) - NO_PROBLEM,
    Trigger.CUSTOMS: CUSTOMS_STEPS,
}


def contradictions(journey: Journey) -> list[Flaw]:
    """Everything that makes a touchpoint impossible, or a field of it without meaning."""
    flaws = [
        (("touchpoints", index, field), reason)
        for index, touchpoint in enumerate(journey.touchpoints)
        for field, reason in _of_touchpoint(touchpoint)
    ]
    whole = (
        of_bundles(journey.touchpoints),
        of_digests(journey.touchpoints),
        _of_caps(journey),
        _of_banners(journey),
        _of_storms(journey),
    )
    return [*flaws, *chain.from_iterable(whole)]


def doubts(journey: Journey) -> list[Flaw]:
    """What works and was perhaps not meant."""
    return [
        *_unused_segments(journey),
        *_told_by_nobody(journey.touchpoints),
        *_long_waits(journey.touchpoints),
        *_asks_only_some(journey.touchpoints),
        *_some_told_of_storms(journey),
    ]


def _of_touchpoint(touchpoint: Touchpoint) -> Iterator[tuple[str, str]]:
    yield from _of_reasons(touchpoint)
    yield from _of_products_and_holds(touchpoint)
    yield from _of_silence(touchpoint)
    yield from _of_purpose(touchpoint)
    if touchpoint.merge_window and touchpoint.trigger not in BEFORE:
        yield "merge_window", f"{touchpoint.trigger} is about the whole order: no other parcel gives the same news"
    if touchpoint.review_hold and touchpoint.trigger not in _FOR_EVERY_ORDER:
        allowed = ", ".join(sorted(_FOR_EVERY_ORDER))
        yield "review_hold", f"not every order comes to {touchpoint.trigger}, and everybody is asked; use {allowed}"
    if touchpoint.when and (
        reason := impossible(touchpoint.when, about_a_parcel=touchpoint.trigger in _ABOUT_A_PARCEL)
    ):
        yield "when", reason


def _of_banners(journey: Journey) -> Iterator[Flaw]:
    """A page is about the order, so a banner's condition is too."""
    for index, banner in enumerate(journey.banners):
        if banner.when and (reason := impossible(banner.when, about_a_parcel=False)):
            yield ("banners", index, "when"), reason


def _of_reasons(touchpoint: Touchpoint) -> Iterator[tuple[str, str]]:
    possible = _REASONS.get(touchpoint.trigger)
    for field, reasons in (("reasons", touchpoint.reasons), ("other_reasons_than", touchpoint.other_reasons_than)):
        if reasons and possible is None:
            yield field, f"goes with trigger {' or '.join(_REASONS)}; {touchpoint.trigger} has no reasons"
        elif strange := [one for one in reasons if possible is not None and one not in possible]:
            yield field, f"{touchpoint.trigger} never has the reason {', '.join(strange)}"
    left = set(touchpoint.reasons or possible or ()) - set(touchpoint.other_reasons_than)
    if possible is not None and not left:
        yield "other_reasons_than", "leaves no reason that is told"


def _of_products_and_holds(touchpoint: Touchpoint) -> Iterator[tuple[str, str]]:
    if touchpoint.hold_reasons and touchpoint.trigger is not Trigger.ORDER_HELD:
        yield "hold_reasons", "goes with trigger order_held"
    if touchpoint.lasts and touchpoint.trigger is not Trigger.REPLENISH:
        yield "lasts", "goes with trigger replenish"
    if touchpoint.enabled and touchpoint.trigger is Trigger.REPLENISH and not touchpoint.lasts:
        yield "lasts", "says of no product how long it lasts, so that nothing is ever sent"
    if touchpoint.wait and touchpoint.trigger is Trigger.REPLENISH:
        yield "wait", "the supply itself says when it runs low; change lasts instead"
    if long := [name for name, span in touchpoint.lasts.items() if span > LONGEST]:
        yield "lasts", f"longer than {LONGEST.days} days, which no order is kept for: {', '.join(long)}"


def _of_silence(touchpoint: Touchpoint) -> Iterator[tuple[str, str]]:
    """Where no scan is to come there is no silence."""
    closed = [one for one in touchpoint.no_scan_for if finality_of(one) is not Finality.OPEN]
    if closed:
        yield "no_scan_for", f"a parcel that is {', '.join(closed)} is never silent: no scan is to come"
    if Status.UNKNOWN in touchpoint.no_scan_for:
        yield "no_scan_for", "a parcel of which nothing is known counts as pre_transit"


def _of_purpose(touchpoint: Touchpoint) -> Iterator[tuple[str, str]]:
    if touchpoint.purpose is Purpose.MARKETING and touchpoint.is_urgent:
        yield "purpose", f"marketing is never urgent, and {touchpoint.trigger} is; write urgent: false as well"
    if touchpoint.best_hour and touchpoint.is_urgent:
        yield "best_hour", f"what is urgent does not wait, and {touchpoint.trigger} is; write urgent: false as well"
    if touchpoint.audience is Audience.MERCHANT and touchpoint.best_hour:
        yield "best_hour", "a message for yourself waits for no hour"
    if touchpoint.audience is Audience.MERCHANT and touchpoint.purpose is Purpose.MARKETING:
        yield "purpose", "a message for yourself is no marketing"
    if touchpoint.audience is Audience.MERCHANT and touchpoint.review_hold:
        yield "review_hold", "a message for yourself is never held"


def _of_caps(journey: Journey) -> Iterator[Flaw]:
    for purpose, cap in (
        (Purpose.SERVICE, journey.limits.caps.service),
        (Purpose.MARKETING, journey.limits.caps.marketing),
    ):
        capped = [one.id for one in journey.touchpoints if one.purpose is purpose and _is_capped(one)]
        for field, count in (("per_day", cap.per_day), ("per_week", cap.per_week)):
            if count is not None and count > MOST:
                reason = f"of one person {MOST} messages are remembered, so that it is never reached; leave it out"
                yield ("limits", "caps", purpose.value, field), reason
            if capped and count == 0:
                reason = f"0 makes these impossible, switch them off instead: {', '.join(capped)}"
                yield ("limits", "caps", purpose.value, field), reason


def _of_storms(journey: Journey) -> Iterator[Flaw]:
    """Who switches storms on wants one message instead of many, not none. Without the section nothing is held."""
    told = any(one.trigger is Trigger.STORM for one in journey.touchpoints if _tells_shoppers(one))
    if "storms" in journey.model_fields_set and journey.storms.enabled and not told:
        yield (
            ("storms", "enabled"),
            "no touchpoint with trigger storm is on, so that nobody is told why alerts wait; switch it on, or this off",
        )
    if journey.storms.still > journey.storms.parcels:
        yield ("storms", "still"), "more than parcels, which then means nothing"


def _is_capped(touchpoint: Touchpoint) -> bool:
    return touchpoint.enabled and touchpoint.audience is Audience.SHOPPER and not touchpoint.is_urgent


def _unused_segments(journey: Journey) -> Iterator[Flaw]:
    conditions = " ".join([*(one.when for one in journey.touchpoints), *(one.when for one in journey.banners)])
    for name in journey.segments:
        if not _names(conditions, f"segment.{name}"):
            yield ("segments", name), "no touchpoint and no banner uses this segment"


def _names(conditions: str, name: str) -> bool:
    return any(part == name for part in "".join(c if c.isalnum() or c in "_." else " " for c in conditions).split())


def _told_by_nobody(touchpoints: tuple[Touchpoint, ...]) -> Iterator[Flaw]:
    told = {reason for one in touchpoints if _tells_shoppers(one) for reason in one.reasons}
    for index, touchpoint in enumerate(touchpoints):
        if _tells_shoppers(touchpoint) and (silent := _sorted(set(touchpoint.other_reasons_than) - told)):
            reason = f"no touchpoint that is on tells {', '.join(silent)}"
            yield ("touchpoints", index, "other_reasons_than"), reason


def _tells_shoppers(touchpoint: Touchpoint) -> bool:
    return touchpoint.enabled and touchpoint.audience is Audience.SHOPPER


def _asks_only_some(touchpoints: tuple[Touchpoint, ...]) -> Iterator[Flaw]:
    for index, touchpoint in enumerate(touchpoints):
        if touchpoint.enabled and touchpoint.id == _ASKS and touchpoint.trigger is not Trigger.ORDER_PLACED:
            reason = f"whose parcel never comes is not asked; use {Trigger.ORDER_PLACED} and review_hold"
            yield ("touchpoints", index, "trigger"), reason


def _some_told_of_storms(journey: Journey) -> Iterator[Flaw]:
    told = enumerate(journey.touchpoints if journey.storms.enabled else ())
    for index, touchpoint in told:
        if touchpoint.trigger is Trigger.STORM and touchpoint.when and _tells_shoppers(touchpoint):
            reason = "alerts wait for every order in a storm, also where this holds back the word of it"
            yield ("touchpoints", index, "when"), reason


def _sorted(reasons: Iterable[SubStatus]) -> list[str]:
    return sorted(reason.value for reason in reasons)


def _long_waits(touchpoints: tuple[Touchpoint, ...]) -> Iterator[Flaw]:
    for index, touchpoint in enumerate(touchpoints):
        days = max(touchpoint.wait.span.days, touchpoint.wait.business_days)
        if touchpoint.enabled and days > _KEPT_AT_LEAST.days:
            reason = f"needs a stack whose RetentionDays is more than {days} (730 unless it was changed)"
            yield ("touchpoints", index, "wait"), reason
