"""Banners: a line of the merchant's own on the tracking page, for every order or for those that a condition names.

A banner is text: the page shows it as such, whatever is written in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from porchlight.domain.brand import LanguageTag, OptionalUrl
from porchlight.domain.model import StrictValue, Value
from porchlight.domain.rule_facts import Facts
from porchlight.domain.segments import Segment, condition_holds

MOST_SHOWN = 2
"""More than this and the parcels are no longer the first thing on the page."""
_Text = Annotated[str, Field(min_length=1, max_length=300)]


class Banner(StrictValue):
    """One line on the tracking page.

    Attributes:
        when: A condition in CEL; every order's page shows it when empty. `program` is the checked form.
        text: In one or more languages, `en` or `de-CH`; who speaks none of them sees the first.
        url: Where the line leads, https; empty for nowhere.
    """

    enabled: bool = True
    when: str = ""
    program: str = ""
    text: Annotated[dict[LanguageTag, _Text], Field(min_length=1)]
    url: OptionalUrl = ""


class BannerView(Value):
    """A banner as the page gets it."""

    text: dict[str, str]
    url: str = ""


def shown_banners(banners: Sequence[Banner], segments: Mapping[str, Segment], facts: Facts) -> tuple[BannerView, ...]:
    """The first banners of the file that this order's page shows. A condition that can not be told shows nothing."""
    fitting = _fitting(banners, segments, facts)
    return tuple(BannerView(text=one.text, url=one.url) for one, _ in zip(fitting, range(MOST_SHOWN), strict=False))


def _fitting(banners: Sequence[Banner], segments: Mapping[str, Segment], facts: Facts) -> Iterator[Banner]:
    for one in banners:
        if one.enabled and (not one.program or condition_holds(one.program, segments, facts) is True):
            yield one
