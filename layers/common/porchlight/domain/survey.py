"""The one question that a shopper is asked about an order, and their answer: from 1, the worst, to 5, the best.

An answer is about its order and about no other. It may be changed, and the last one counts.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import Field

from porchlight.domain.model import Value

TEMPLATE = "survey"
"""Whatever touchpoint reads like this template asks the question."""
SCORES = (1, 2, 3, 4, 5)
MOST_ANSWERS = 50
"""Answers known of one person: an item stays small, also of an address under which a whole office orders."""


class Answer(Value):
    """What somebody answered about one order.

    Attributes:
        at: When they first gave this score.
    """

    order_id: str
    score: Annotated[int, Field(ge=SCORES[0], le=SCORES[-1])]
    at: datetime


def score_of(text: str) -> int | None:
    """The score that a link or a form names; `None` for whatever is none."""
    return next((score for score in SCORES if text == str(score)), None)


def answer_about(order_id: str, answers: Iterable[Answer]) -> Answer | None:
    """What was answered about this order."""
    return next((one for one in answers if one.order_id == order_id), None)


def with_answer(answers: tuple[Answer, ...], one: Answer) -> tuple[Answer, ...]:
    """And this one, the newest first; the same when it was answered so before."""
    before = answer_about(one.order_id, answers)
    if before and before.score == one.score:
        return answers
    return (one, *(other for other in answers if other is not before))[:MOST_ANSWERS]
