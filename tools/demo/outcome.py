"""What the week must have come to: each claim is checked against what is stored; what fails is said in a sentence."""

import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from porchlight.domain.fallback import HARD_BOUNCE

from tools.demo.books import Page
from tools.demo.claims import claims
from tools.demo.mailbox import Mail
from tools.demo.play import FORGED, Stage
from tools.demo.snow import PAIR
from tools.demo.stories import NEVER_USED, Word
from tools.demo.week import WEEK
from tools.local_stack import LocalStack

_FORGED_CALLS = 2
_ENDS = {
    Word.DELIVERED: "delivered",
    Word.COLLECTED: "delivered",
    Word.LOST: "exception",
    Word.RETURNED: "returned",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The week when it is over."""

    stage: Stage
    pages: list[Page]
    mails: list[Mail]

    def problems(self) -> list[str]:
        """Everything that is not as it must be; empty when all holds."""
        checks = (_orders, _mails, _reasons, _parcels, _budgets, _faults, _webhooks, _feedback, _queues, _links)
        found = [problem for check in checks for problem in check(self)]
        return [*found, *claims(self.stage, self.pages)]

    def summary(self, seconds: float, problems: list[str]) -> dict[str, object]:
        """The same as one JSON value."""
        decisions = [one for page in self.pages for one in page.decisions]
        return {
            "ok": not problems,
            "orders": len(self.pages),
            "by_store": dict(sorted(Counter(page.order.store for page in self.pages).items())),
            "parcels": sum(len(page.order.parcels) for page in self.pages),
            "decisions": dict(Counter(one["outcome"] for one in decisions)),
            "mails": len(self.mails),
            "mails_by_touchpoint": dict(sorted(Counter(mail.touchpoint for mail in self.mails).items())),
            "merged": sum(len(page.merged) for page in self.pages),
            "told_with_another_order": sum(len(page.along) for page in self.pages),
            "not_sent": sum(len(page.not_sent) for page in self.pages),
            "webhooks": {str(status): count for status, count in sorted(self.stage.statuses.items())},
            "pushes": dict(sorted(self.stage.pushes.items())),
            "accounts": {
                code: {
                    "calls": len(account.calls),
                    "most_in_window": account.most_in_window,
                    "limit": account.budget.calls,
                    "window_seconds": account.budget.seconds,
                    "faults_met": [fault.value for fault in account.happened],
                }
                for code, account in self.stage.accounts.items()
            },
            "mail_events": dict(sorted(self.stage.mailbox.events.items())),
            "dead_letters": sum(self.stage.dead_letters().values()),
            "seconds": round(seconds),
            "problems": problems,
        }


def _orders(outcome: Outcome) -> Iterator[str]:
    """Exactly the touchpoints that were written down for each order."""
    for page in outcome.pages:
        if page.story is None:
            yield f"{page.order.name} is not stored"
    told = [[page] for page in outcome.pages if page.order.number not in PAIR]
    for pages in (*told, [page for page in outcome.pages if page.order.number in PAIR]):
        names = " and ".join(page.order.name for page in pages)
        told, held = _all(page.told for page in pages), _all(page.not_sent for page in pages)
        if told != _all(page.order.sent for page in pages):
            yield f"{names} told {told}, not {_all(page.order.sent for page in pages)}"
        if held != _all(page.order.not_sent for page in pages):
            yield f"{names} held back {held}, not {_all(page.order.not_sent for page in pages)}"


def _all(lists: Iterable[Iterable[str]]) -> list[str]:
    return sorted(touchpoint for one in lists for touchpoint in one)


def _mails(outcome: Outcome) -> Iterator[str]:
    """One mail for each message that the ledger calls sent, and no other; what went along is told in one of these."""
    for mail in outcome.mails:
        if not mail.order:
            yield f"a mail no ledger knows: {mail.subject}"
    for row, count in Counter(mail.tag for mail in outcome.mails).items():
        if count > 1:
            yield f"sent {count} times: {row}"
    expected = Counter(touchpoint for order in WEEK for touchpoint in order.sent)
    arrived = Counter(mail.touchpoint for mail in outcome.mails)
    arrived.update(touchpoint for page in outcome.pages for touchpoint in page.along)
    if arrived != expected:
        yield f"told by mails {dict(arrived)}, not {dict(expected)}"
    orders = {order.name: order for order in WEEK}
    for mail in outcome.mails:
        if mail.order and mail.to != orders[mail.order].person.email:
            yield f"a mail of {mail.order} went to somebody else"


def _reasons(outcome: Outcome) -> Iterator[str]:
    """Every decision is final and says why; every message has come to an end."""
    for page in outcome.pages:
        for one in page.decisions:
            row = f"{page.order.name} {one['decision_id']}"
            if not (one["guards"] and one["reason"] and one["facts"] and one["rule_version"]):
                yield f"{row} has no reasons"
            if one["outcome"] == "delay":
                yield f"{row} still waits"
            if one["message"] and one["message"]["state"] not in {"sent", "skipped"}:
                yield f"{row} is {one['message']['state']}"


def _parcels(outcome: Outcome) -> Iterator[str]:
    """Every parcel ends as its story does, whatever was lost, doubled or late on the way."""
    for page in outcome.pages:
        told = {parcel["tracking_number"]: parcel for parcel in page.story["parcels"]} if page.story else {}
        for parcel in page.order.parcels:
            found = told.get(parcel.number)
            if found is None:
                yield f"{page.order.name} does not know parcel {parcel.number}"
            elif parcel.story is NEVER_USED and parcel.carrier:
                if not found["superseded"]:
                    yield f"{parcel.number} still counts"
            elif found["status"] != _end(parcel.story.scans[-1].word, parcel.carrier):
                yield f"{parcel.number} ended as {found['status']}"


def _end(word: Word, carrier: str) -> str:
    return _ENDS.get(word, "") or ("delivered" if not carrier or word in {Word.ARRIVED, Word.STRANGE} else "")


def _budgets(outcome: Outcome) -> Iterator[str]:
    """No account was ever called more often than it allows."""
    for code, account in outcome.stage.accounts.items():
        if account.refused or account.most_in_window > account.budget.calls:
            yield f"{code} was called {account.most_in_window} times in {account.budget.seconds:.0f} seconds"
        if not account.calls:
            yield f"{code} was never asked"


def _faults(outcome: Outcome) -> Iterator[str]:
    """The carriers' faults have all been met."""
    for code, account in outcome.stage.accounts.items():
        yield from (f"{code}: no call met {fault.value}" for _, fault in account.faults)


def _webhooks(outcome: Outcome) -> Iterator[str]:
    """All taken in but the forged ones, which left no trace."""
    others = {status: count for status, count in outcome.stage.statuses.items() if status != 202}  # noqa: PLR2004
    if others != {401: _FORGED_CALLS}:
        yield f"webhooks answered with {others}"
    if outcome.stage.books.knows(str(FORGED.body["name"])):
        yield "a forged order was stored"


def _feedback(outcome: Outcome) -> Iterator[str]:
    """Each event of the mail provider stands in its ledger row, and dead addresses got nothing more."""
    seen = Counter(
        event for page in outcome.pages for one in page.decisions if one["message"] for event in one["message"]["seen"]
    )
    published = Counter({kind.lower(): count for kind, count in outcome.stage.mailbox.events.items()})
    seen.pop(HARD_BOUNCE, None)  # noted beside the bounce
    if seen != published:
        yield f"mail events {dict(seen)}, published {dict(published)}"


def _queues(outcome: Outcome) -> Iterator[str]:
    """Nothing was given up."""
    yield from (f"{count} in {queue}" for queue, count in outcome.stage.dead_letters().items() if count)


def _links(outcome: Outcome) -> Iterator[str]:
    """The link in each order's last mail opens its page's data, which names no person."""
    people = {order.name: order.person for order in WEEK}
    for mail in {mail.order: mail for mail in outcome.mails if mail.order}.values():
        status, body = opened(outcome.stage.stack, mail.link)
        if status != 200 or mail.order not in body:  # noqa: PLR2004
            yield f"the link of {mail.order} answers {status}"
        if people[mail.order].email in body or people[mail.order].last_name in body:
            yield f"the page of {mail.order} names a person"


def opened(stack: LocalStack, link: str) -> tuple[int, str]:
    """What the page's one API call answers, asked through the CDN."""
    token = link.partition("#")[2]
    address = f"{stack.endpoint}/api/tracking/{token}"
    request = urllib.request.Request(address, headers={"Host": stack.page_host})  # noqa: S310 loopback
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""
