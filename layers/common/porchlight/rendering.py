"""A `Telling` in, subject, text and HTML out; nothing comes out that is too large, two lines long or half done.

One template per touchpoint holds the sentences' places; it is laid out three times (`_subject`, `_text`, `_html`), so
the text twin is never another story. Templates run in a sandbox that has no method calls, few filters, and a budget of
loop passes and calls instead of a clock, so a run-away template ends the same way on every machine (F47). A merchant's
own template that fails is replaced by the built-in one, and the result says so.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from porchlight.domain.errors import RenderError
from porchlight.domain.journeys import Trigger
from porchlight.domain.model import Value
from porchlight.domain.purposes import Audience
from porchlight.domain.telling import Telling
from porchlight.sandbox import lay_out, markup, sources
from porchlight.texts import Texts, catalogue, texts_for
from porchlight.wording import wording

MAX_SUBJECT = 150

BUILT_IN = {
    Trigger.ORDER_PLACED: "order_confirmed",
    Trigger.ORDER_EDITED: "order_edited",
    Trigger.ORDER_HELD: "on_hold",
    Trigger.ORDER_CANCELLED: "cancelled",
    Trigger.REFUNDED: "refunded",
    Trigger.NOT_PACKED: "processing_delay",
    Trigger.PACKED: "label_created",
    Trigger.FIRST_MOVEMENT: "shipped",
    Trigger.SPLIT: "split",
    Trigger.CUSTOMS: "customs",
    Trigger.OUT_FOR_DELIVERY: "out_for_delivery",
    Trigger.DELIVERY_ATTEMPTED: "delivery_attempted",
    Trigger.READY_FOR_PICKUP: "ready_for_pickup",
    Trigger.EXCEPTION: "exception",
    Trigger.LATER_ESTIMATE: "delayed",
    Trigger.EARLIER_ESTIMATE: "sooner",
    Trigger.SILENCE: "stalled",
    Trigger.STORM: "storm",
    Trigger.NEW_NUMBER: "new_number",
    Trigger.RETURNING: "returning",
    Trigger.RETURNED: "returned",
    Trigger.PART_ARRIVED: "part_arrived",
    Trigger.DELIVERED: "delivered",
    Trigger.ALL_ARRIVED: "all_arrived",
    Trigger.REPLENISH: "replenish",
}
"""The template of a touchpoint that has none under its own id."""
FOR_MERCHANT = "merchant_news"
"""The same of a touchpoint for the merchant, whatever triggers it."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Rendered(Value):
    """One message, ready for its channel.

    Attributes:
        locale: BCP 47 of the texts used.
        template_version: Digest of template, layouts and texts.
        fell_back: Why the merchant's own template was not used; empty when it was, or when there is none.
    """

    locale: str
    subject: str
    text: str
    html: str
    template_version: str
    fell_back: str = ""


def render(channel: str, told: Telling, overrides: Mapping[str, str] = {}) -> Rendered:
    """Render one message. Raises `RenderError`, which names the template and never quotes the order.

    Args:
        channel: Whose templates: a folder in `templates/`.
        told: The facts.
        overrides: A merchant's own templates by name (`email/shipped`).
    """
    for_merchant = told.audience is Audience.MERCHANT
    texts = texts_for("" if for_merchant else told.locale, told.brand.default_locale)
    return _in_own_words(channel, told, texts, overrides)


def tells_of_several(channel: str) -> bool:
    """Whether it has a form for news of several orders."""
    return _digest(channel) in sources()


def render_several(channel: str, orders: Sequence[Telling], overrides: Mapping[str, str] = {}) -> Rendered:
    """One message about several orders of one shopper: a section each, in the words of its own template.

    Args:
        channel: One that `tells_of_several`.
        orders: Two or more, the leading one first: it gives language and name.
        overrides: As for `render`.

    Raises:
        RenderError: As for `render`.
    """
    texts = texts_for(orders[0].locale, orders[0].brand.default_locale)
    sections = [_in_own_words(channel, told, texts, overrides, frame="section_") for told in orders]
    numbers = ", ".join(dict.fromkeys(told.order for told in orders))
    told = orders[0].model_copy(update={"order": numbers})
    whole = _rendered(channel, _digest(channel), None, _Setting(told, texts, sections=sections))
    versions = "".join(one.template_version for one in (whole, *sections))
    found = {"template_version": hashlib.sha256(versions.encode()).hexdigest()[:12]}
    return whole.model_copy(update=found | {"fell_back": "; ".join(one.fell_back for one in sections if one.fell_back)})


def _digest(channel: str) -> str:
    return f"{channel}/_digest.j2"


class _Setting(NamedTuple):
    """What a message is laid out from.

    Attributes:
        frame: Begins the layout's name: empty for a whole message.
        sections: Of a message about several orders.
    """

    told: Telling
    texts: Texts
    frame: str = ""
    sections: Sequence[Rendered] = ()


def _in_own_words(channel: str, told: Telling, texts: Texts, overrides: Mapping[str, str], frame: str = "") -> Rendered:
    """By its own template; where the merchant's fails, by the built-in one."""
    name, setting = _template_name(channel, told), _Setting(told, texts, frame)
    own = next((overrides[path] for path in _paths(channel, told) if path in overrides), None)
    if own is not None:
        try:
            return _rendered(channel, name, own, setting)
        except RenderError as error:
            return _rendered(channel, name, None, setting).model_copy(update={"fell_back": str(error)})
    return _rendered(channel, name, None, setting)


def _rendered(channel: str, name: str, own: str | None, setting: _Setting) -> Rendered:
    parts: dict[str, str] = {}
    for kind in ("subject", "text", "html"):
        context = _context(channel, kind, setting, parts.get("subject", ""))
        parts[kind] = lay_out(name, own, context, escaping=kind == "html")
        if kind == "subject":
            parts[kind] = _one_line(name, parts[kind])
    return Rendered(
        locale=setting.texts.locale,
        subject=parts["subject"],
        text=_tidy(parts["text"]),
        html=parts["html"].strip() + "\n",
        template_version=_version(channel, name, setting.texts.language, own),
    )


def _one_line(name: str, text: str) -> str:
    subject = " ".join(_CONTROLS.sub(" ", text).split())
    if not subject:
        message = f"{name}: empty subject"
        raise RenderError(message)
    return subject if len(subject) <= MAX_SUBJECT else subject[: MAX_SUBJECT - 1].rstrip() + "…"


def _tidy(text: str) -> str:
    """Without trailing blanks, and with at most one empty line in a row."""
    lines: list[str] = []
    for line in (raw.rstrip() for raw in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"


def _template_name(channel: str, told: Telling) -> str:
    usual = FOR_MERCHANT if told.audience is Audience.MERCHANT else BUILT_IN[told.trigger]
    names = (f"{path}.j2" for path in _paths(channel, told))
    return next((name for name in names if name in sources()), f"{channel}/{usual}.j2")


def _paths(channel: str, told: Telling) -> tuple[str, ...]:
    """Where its template may be, the variant's own first."""
    usual = f"{channel}/{told.touchpoint}"
    return (f"{usual}--{told.variant}", usual) if told.variant else (usual,)


def _version(channel: str, name: str, language: str, own: str | None) -> str:
    layouts = "".join(source for path, source in sorted(sources().items()) if path.startswith(f"{channel}/_"))
    used = "\x1f".join((layouts, own or sources().get(name, ""), repr(sorted(catalogue(language).items()))))
    return hashlib.sha256(used.encode()).hexdigest()[:12]


def _context(channel: str, kind: str, setting: _Setting, subject: str) -> dict[str, object]:
    told, texts = setting.told, setting.texts
    frame = setting.frame if kind != "subject" else ""
    return wording(told, texts) | {
        "it": told,
        "brand": told.brand,
        "lang": texts.locale,
        "dir": texts.direction,
        "subject": subject,
        "layout": f"{channel}/_{frame}{kind}.j2",
        "parts": f"{channel}/_{'html' if kind == 'html' else 'text'}_parts.j2",
        "sections": [markup(one.html) if kind == "html" else one.text for one in setting.sections],
    }
