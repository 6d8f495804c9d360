"""The figures: per schedule, and the proof that everybody was asked."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from statistics import mean, median

from porchlight.domain.review_proof import Request, proof_of

from tools.review_hold.playing import DAY, Played
from tools.review_hold.schedules import HEADLINE, SCHEDULES

NEGATIVE, POSITIVE = range(1, 3), range(4, 6)
LEAST_HELD, MOST_DELAYED = 0.5, 0.1


def report(played: Sequence[Played]) -> dict[str, object]:
    """Everything the last line says."""
    per_schedule = {name: _against(name, played) for name in SCHEDULES}
    headline = per_schedule[HEADLINE]
    proof = proof_of(
        [Request(order_id=one.order.order_id, limit=one.limit, asked_at=one.asked) for one in played],
        max(one.asked for one in played) + DAY,
        look_every=DAY,
    )
    held, delayed = headline["negative_held_share"], headline["positive_delayed_share"]
    reached = held is not None and delayed is not None and held >= LEAST_HELD and delayed <= MOST_DELAYED
    return {
        **headline,
        "naive_schedule": HEADLINE,
        "orders": len(played),
        "reviewed": sum(one.order.score is not None for one in played),
        "asked_by_limit_share": proof.asked_by_limit_share,
        "proof": proof.model_dump() | {"fair": proof.fair},
        "asked_by_limit_share_by_score": _asked_by_score(played),
        "open_then": _kinds(played),
        "schedules": per_schedule,
        "targets": {"negative_held_share_at_least": LEAST_HELD, "positive_delayed_share_at_most": MOST_DELAYED},
        "holds": bool(reached and proof.fair and proof.asked == len(played)),
    }


def _against(schedule: str, played: Sequence[Played]) -> dict[str, float | int | None]:
    reached = [one for one in played if schedule in one.naive]
    bad = [one for one in reached if one.order.score in NEGATIVE]
    good = [one for one in reached if one.order.score in POSITIVE]
    delays = [one.delay(schedule) for one in good]
    delayed = [days for days in delays if days > 0]
    return {
        "negative_held_share": _share(sum(_held(one, schedule) for one in bad), len(bad)),
        "negative_waiting_share": _share(sum(one.delay(schedule) > 0 for one in bad), len(bad)),
        "positive_delayed_share": _share(len(delayed), len(good)),
        "positive_held_share": _share(sum(_held(one, schedule) for one in good), len(good)),
        "negative_before_arrival_share": _share(sum(_before_arrival(one, schedule) for one in bad), len(bad)),
        "positive_before_arrival_share": _share(sum(_before_arrival(one, schedule) for one in good), len(good)),
        "positive_earlier_share": _share(sum(days < 0 for days in delays), len(good)),
        "median_delay_days": median(delayed) if delayed else 0,
        "mean_delay_days_of_all_positive": round(mean(max(days, 0) for days in delays), 2) if delays else 0,
        "negative": len(bad),
        "positive": len(good),
        "never_asked_by_schedule": sum(schedule not in one.naive for one in played if one.order.score),
    }


def _held(one: Played, schedule: str) -> bool:
    """A problem was open when the schedule would have asked, and the request waited."""
    return one.delay(schedule) > 0 and bool(one.naive[schedule][1].problems)


def _before_arrival(one: Played, schedule: str) -> bool:
    """The schedule would have asked about something that was not there yet."""
    arrived = one.order.delivered
    return arrived is None or arrived > one.naive[schedule][0]


def _kinds(played: Sequence[Played]) -> dict[str, dict[str, float | None]]:
    """What was open at the headline schedule's moment, as shares; one order can have several."""
    shares: dict[str, dict[str, float | None]] = {}
    for side, scores in (("negative", NEGATIVE), ("positive", POSITIVE)):
        group = [one for one in played if one.order.score in scores and HEADLINE in one.naive]
        held = [one.naive[HEADLINE][1].problems for one in group if _held(one, HEADLINE)]
        counts = Counter(kind for problems in held for kind in {problem.kind for problem in problems})
        for kind, count in sorted(counts.items()):
            shares.setdefault(kind.value, {})[side] = _share(count, len(group))
    return shares


def _asked_by_score(played: Sequence[Played]) -> dict[str, float | None]:
    groups: dict[int, list[Played]] = {}
    for one in played:
        if one.order.score:
            groups.setdefault(one.order.score, []).append(one)
    return {
        str(score): _share(sum(one.asked - one.limit <= timedelta(days=1) for one in group), len(group))
        for score, group in sorted(groups.items())
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
