"""What the opt-out link of a message does: GET asks, POST acts, and a second POST takes it back.

A GET changes nothing: link scanners and previews follow every link of a mail. A POST needs no cookie and is not
redirected, as mail programs send it by themselves (RFC 8058). Repeats change nothing. A forged, a mangled and an
expired link get one answer, before anything is read.
"""

from collections.abc import Callable
from datetime import datetime

from porchlight.domain.choices import Choices
from porchlight.domain.effects import Tally
from porchlight.domain.errors import PorchlightError
from porchlight.domain.opt_out import OptOut, open_opt_out
from porchlight.observability import count
from porchlight.pipeline.choosing import change_choices
from porchlight.pipeline.page_replies import page_of
from porchlight.pipeline.person_ports import Customers, KeptChoices
from porchlight.pipeline.tracking_api import PagePorts, Reply
from porchlight.stop_page import AGAIN, Scene, stop_page


def show(token: str | None, _body: str, ports: PagePorts, now: datetime) -> Reply:
    """The page that asks, or says what was chosen before."""
    return _answered(token, lambda refused: _shown(refused, ports.choices), ports, now)


def choose(token: str | None, body: str, ports: PagePorts, now: datetime) -> Reply:
    """Stop what the link names. Only the page's own second button takes it back; whatever else is sent stops."""
    again = body.strip() == AGAIN
    return _answered(token, lambda refused: _chosen(refused, again, ports, now), ports, now)


def _answered(token: str | None, act: Callable[[OptOut], Scene], ports: PagePorts, now: datetime) -> Reply:
    return page_of(
        lambda: open_opt_out(token or "", ports.secrets.link_keys(), now),
        lambda refused: stop_page(act(refused), ports.config.brand(), refused.locale),
        ports.config,
    )


def _shown(refused: OptOut, kept: KeptChoices) -> Scene:
    stopped = f"{refused.purpose}.{refused.channel}" in kept.choices(refused.person).stopped
    return Scene.DONE if stopped else Scene.ASK


def _chosen(refused: OptOut, again: bool, ports: PagePorts, now: datetime) -> Scene:  # noqa: FBT001 which button
    made = change_choices(refused.person, lambda held: _changed(held, refused, again), ports.choices)
    if made.after.lost != made.before.lost:
        unsubscribed(refused, ports.customers, now)
    return Scene.UNDONE if again else Scene.DONE


def _changed(choices: Choices, refused: OptOut, again: bool) -> Choices:  # noqa: FBT001 as above
    change = choices.taken_back if again else choices.lost_to
    return change(refused.purpose, refused.channel)


def unsubscribed(refused: OptOut, customers: Customers, now: datetime) -> None:
    """Somebody was lost to this touchpoint and variant; called once a person, purpose and channel.

    Never at the cost of the refusal, which is kept: what can not be noted is let go.
    """
    count("MessagesRefused", purpose=refused.purpose.value, channel=refused.channel)
    if not refused.variant:
        return
    try:
        customers.tally(refused.touchpoint, refused.variant, Tally(harms=1), refused.person, now)
    except PorchlightError:
        count("RefusalNotTallied")
