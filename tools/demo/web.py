"""The demo's pages on one loopback port: what happened (`/`), the mailbox (`/mailbox`) and each mail.

A mail's HTML is shown as it came, in a frame that may run nothing; everything else is escaped.
"""

import threading
from collections import Counter
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jinja2

from tools.demo import report
from tools.demo.mailbox import Mail
from tools.demo.outcome import Outcome
from tools.emulator import free_port

_SHOWN = (
    *("#1001", "#1004", "#1008", "#1010", "#1016", "#1018", "#1019"),
    *("#1032", "#1041", "#1045", "#1049", "#1050", "#1051", "#1052", "1054", "1056"),
)
"""Orders whose tracking pages are worth a look."""
_MAIL_POLICY = "default-src 'none'; img-src https: data:; style-src 'unsafe-inline'"


def _when(text: str) -> str:
    return f"{datetime.fromisoformat(text):%a %H:%M}"


class Site:
    """Renders the pages of a played week."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        loader = jinja2.FileSystemLoader(Path(__file__).parent / "pages")
        self._templates = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
        self._templates.filters |= {"when": _when, "short": report.short, "words": lambda text: text.replace("_", " ")}

    @cached_property
    def happened(self) -> str:
        """The dashboard."""
        outcome = self._outcome
        decisions = [one for page in outcome.pages for one in page.decisions]
        return self._templates.get_template("happened.html").render(
            week=outcome.stage.clock.start,
            pages=outcome.pages,
            notes={page.order.name: list(report.notes(page)) for page in outcome.pages},
            truths={page.order.name: list(report.truths(page)) for page in outcome.pages},
            midweek=list(report.midweek(outcome.stage.midweek)),
            storms=list(report.storms(outcome.pages, outcome.stage.books.incidents())),
            desk=outcome.stage.books.unmapped(),
            stores=Counter(page.order.store for page in outcome.pages),
            pushes=outcome.stage.pushes,
            links=tracking_links(outcome, every=True),
            mails=Counter(mail.order for mail in outcome.mails),
            total=len(outcome.mails),
            by_touchpoint=Counter(mail.touchpoint for mail in outcome.mails).most_common(),
            decided=Counter(one["outcome"] for one in decisions),
            statuses=outcome.stage.statuses,
            accounts=outcome.stage.accounts,
            events=outcome.stage.mailbox.events,
        )

    @cached_property
    def mailbox(self) -> str:
        """The list of mails, newest first."""
        numbered = list(enumerate(self._outcome.mails))
        return self._templates.get_template("mailbox.html").render(mails=numbered[::-1])

    def mail(self, place: str) -> str | None:
        """One mail."""
        found = self._found(place)
        return self._templates.get_template("mail.html").render(mail=found, place=place) if found else None

    def mail_html(self, place: str) -> str | None:
        """Its HTML, for the frame."""
        found = self._found(place)
        return found.html if found else None

    def _found(self, place: str) -> Mail | None:
        mails = self._outcome.mails
        return mails[int(place)] if place.isdecimal() and int(place) < len(mails) else None

    def page(self, path: str) -> str | None:
        """The page at a path; `None` when there is none."""
        match path.strip("/").split("/"):
            case [""]:
                return self.happened
            case ["mailbox"]:
                return self.mailbox
            case ["mailbox", place]:
                return self.mail(place)
            case ["mailbox", place, "html"]:
                return self.mail_html(place)
            case _:
                return None


def tracking_links(outcome: Outcome, *, every: bool = False) -> dict[str, str]:
    """Addresses of tracking pages by order, each from the order's last mail."""
    newest = {mail.order: mail.link for mail in outcome.mails if mail.link}
    return newest if every else {name: newest[name] for name in _SHOWN if name in newest}


def serve(outcome: Outcome) -> str:
    """Serve the pages until the program ends; returns their address."""
    site = Site(outcome)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.page(self.path)
            raw = (page or "There is no such page.").encode()
            self.send_response(HTTPStatus.OK if page else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(raw)))
            if self.path.endswith("/html"):
                self.send_header("Content-Security-Policy", _MAIL_POLICY)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://localhost:{server.server_port}/"
