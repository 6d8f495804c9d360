"""What the links of a survey do: GET shows the five answers, POST keeps one.

A GET changes nothing: link scanners and previews follow every link of a mail. A POST may come again and again; the last
answer counts. An order that was deleted or erased is answered about no more: its link leads nowhere.
"""

from collections.abc import Callable
from datetime import datetime

from porchlight.domain.engagement import Act
from porchlight.domain.errors import InvalidSignatureError, PorchlightError
from porchlight.domain.messages import Intent
from porchlight.domain.survey import Answer, answer_about, score_of
from porchlight.domain.survey_links import Ask, open_ask
from porchlight.observability import count
from porchlight.pipeline.choosing import change_choices
from porchlight.pipeline.learning import Happening, Learner
from porchlight.pipeline.page_replies import page_of
from porchlight.pipeline.person_ports import Customers
from porchlight.pipeline.tracking_api import PagePorts, Reply
from porchlight.survey_page import FIELD, Answering, survey_page


def show(link: str | None, _body: str, ports: PagePorts, now: datetime) -> Reply:
    """The five answers, with the one of the link marked. `link` is the token, a slash and a score."""
    token, _, chosen = (link or "").partition("/")
    return _page(token, lambda ask: _asked(ask, score_of(chosen), ports), ports, now)


def answer(link: str | None, body: str, ports: PagePorts, now: datetime) -> Reply:
    """Keep what the form sends. What is no form of ours keeps nothing, and is asked again."""
    token, _, _ = (link or "").partition("/")
    score = score_of(body.strip().removeprefix(FIELD))
    if score is None:
        return show(link, body, ports, now)
    return _page(token, lambda ask: _answered(ask, score, ports, now), ports, now)


def _page(token: str, said: Callable[[Ask], Answering], ports: PagePorts, now: datetime) -> Reply:
    def page(ask: Ask) -> str:
        record = ports.orders.read(ask.order_id)
        if record is None or record.facts.erased:
            raise InvalidSignatureError
        return survey_page(said(ask), ports.config.brand(), ask.locale)

    return page_of(lambda: open_ask(token, ports.secrets.link_keys(), now), page, ports.config)


def _asked(ask: Ask, chosen: int | None, ports: PagePorts) -> Answering:
    given = answer_about(ask.order_id, ports.choices.choices(ask.person).answers)
    return Answering(chosen, given.score if given else None)


def _answered(ask: Ask, score: int, ports: PagePorts, now: datetime) -> Answering:
    _keep(ask, Answer(order_id=ask.order_id, score=score, at=now), ports)
    _learn(ask, ports.customers, now)
    is_low = score <= ports.config.journey().review_hold.low_score
    return Answering(None, score, is_done=True, is_low=is_low)


def _keep(ask: Ask, one: Answer, ports: PagePorts) -> None:
    made = change_choices(ask.person, lambda held: held.answering(one), ports.choices)
    if made.after is not made.before:
        is_new = answer_about(one.order_id, made.before.answers) is None
        count("SurveyAnswered" if is_new else "SurveyAnswerChanged", score=str(one.score), channel=ask.channel)


def _learn(ask: Ask, customers: Customers, now: datetime) -> None:
    """An answer is a click that no scanner makes: a success of its message's variant, once, and an hour of reading.

    Never at the cost of the answer, which is kept: what can not be learned is let go, and learned with the next one.
    """
    intent = Intent(order_id=ask.order_id, message_id=ask.message_id)
    try:
        Learner(customers, now).from_message(Happening(Act.CLICK, ask.person, now), intent)
    except PorchlightError:
        count("AnswerNotLearned")
