"""A tracking number in, the carriers it may belong to out, best first; nothing when it fits none.

Ambiguous stays ambiguous: whoever needs one carrier looks at the confidence. Blanks, dots and hyphens do not matter,
nor does letter case or the script of the digits. A wrong check digit refuses a format for good, whatever the store
says. The store's word and the destination only weigh what fits, and open formats too plain to be considered alone.

Confidences come from odds. Each fitting format gives its carriers odds; the store's word and the destination multiply
them; a carrier's share is its odds over the sum of all odds plus one, the one being "somebody we do not know". So a
lone fit keeps the confidence of its row in `number_formats`, rivals lower each other, and the sum stays below 1.
"""

import re
import unicodedata
from collections.abc import Iterator
from math import floor

from porchlight.domain.carrier_names import carrier_named
from porchlight.domain.check_digits import s10
from porchlight.domain.model import Value
from porchlight.domain.number_formats import FORMATS, HOME, PRINTED, Format
from porchlight.domain.postal_operators import OPERATOR_OF

LONGEST = 128
"""Characters of a number as printed, blanks included; anything longer is not one."""

_HINTED, _AT_HOME, _ABROAD = 30.0, 3.0, 0.25
_S10 = re.compile(r"([A-Z])[A-Z](\d{8})(\d)([A-Z]{2})")
_POST = 0.95
_LAST_MILE = 0.3
_EXPRESS_POST = {("FR", "E"): "chronopost", ("FR", "X"): "chronopost"}
_FULL_WIDTH = 0xFF01 - ord("!")
_PLAIN = dict.fromkeys(map(ord, "‐‑‒–—−"), "-") | {_FULL_WIDTH + at: at for at in range(ord("!"), ord("~") + 1)}


class Candidate(Value):
    """A carrier the number may belong to.

    Attributes:
        carrier: Plug-in code, or a plain lower-case word for a carrier we have no plug-in for.
        confidence: Above 0, below 1; comparable between numbers; those of one number add up to less than 1.
    """

    carrier: str
    confidence: float


def detect(number: str, *, country: str = "", hint: str = "") -> tuple[Candidate, ...]:
    """Carriers whose format the number has, best first.

    Args:
        number: As printed or pasted.
        country: Destination, two letters; empty when not known.
        hint: The store's own word for the carrier; one that does not fit the number is ignored.
    """
    printed = _read(number)
    compact = printed.replace("-", "").replace(".", "")
    if len(set(compact)) <= 1:  # nothing, or a row of one digit: a placeholder
        return ()
    wanted, destination = _wanted(hint), _destination(country)
    odds: dict[str, float] = {}
    for carrier, single in (*_fits(printed, compact, wanted, destination), *_post(compact, destination)):
        weighed = single * (_HINTED if _is_wanted(carrier, wanted) else 1)
        odds[carrier] = max(weighed, odds.get(carrier, 0.0))
    return _ranked(odds)


def _read(number: str) -> str:
    """Upper-case ASCII without blanks and invisible marks; empty when it can not be a number."""
    if len(number) > LONGEST:
        return ""
    shown = (one for one in number.translate(_PLAIN) if unicodedata.category(one)[0] not in "ZC")
    text = "".join(str(unicodedata.decimal(one, one)) for one in shown)
    return text.upper() if text.isascii() else ""


def _wanted(hint: str) -> str:
    return carrier_named(hint) or "_".join(hint.casefold().split())


def _destination(country: str) -> str:
    code = country.strip().upper()
    return "GB" if code == "UK" else code if code.isalpha() else ""


def _fits(printed: str, compact: str, wanted: str, destination: str) -> Iterator[tuple[str, float]]:
    for rows, text in ((FORMATS, compact), (PRINTED, printed)):
        for row in rows:
            if _is_open(row, wanted, destination) and _fits_row(row, text):
                for carrier, confidence in row.carriers.items():
                    yield carrier, _odds(confidence) * _nearness(carrier, destination)


def _is_open(row: Format, wanted: str, destination: str) -> bool:
    if not row.only or (destination and destination in row.only.split()):
        return True
    return any(_is_wanted(carrier, wanted) for carrier in row.carriers)


def _fits_row(row: Format, text: str) -> bool:
    found = re.fullmatch(row.pattern, text)
    return found is not None and (row.check is None or row.check(found[1], found[2]))


def _post(compact: str, destination: str) -> Iterator[tuple[str, float]]:
    """An S10 number belongs to the post that issued it; the destination's post delivers it."""
    found = _S10.fullmatch(compact)
    if found is None or not s10(found[2], found[3]):
        return
    service, issuer = found[1], found[4]
    if issuer in OPERATOR_OF:
        express = _EXPRESS_POST.get((issuer, service))
        yield OPERATOR_OF[issuer], _odds(_LAST_MILE if express else _POST)
        if express:
            yield express, _odds(_POST)
        if destination in OPERATOR_OF and destination != issuer:
            yield OPERATOR_OF[destination], _odds(_LAST_MILE)


def _is_wanted(carrier: str, wanted: str) -> bool:
    """Whether the store means this carrier; plain "DHL" means all of its networks."""
    return bool(wanted) and (carrier == wanted or (wanted == "dhl_unified" and carrier.startswith("dhl_")))


def _nearness(carrier: str, destination: str) -> float:
    if not destination or carrier not in HOME:
        return 1.0
    return _AT_HOME if destination in HOME[carrier].split() else _ABROAD


def _odds(confidence: float) -> float:
    return confidence / (1 - confidence)


def _ranked(odds: dict[str, float]) -> tuple[Candidate, ...]:
    total = 1 + sum(odds.values())
    shares = ((_share(one / total), carrier) for carrier, one in odds.items())
    ranked = sorted((-share, carrier) for share, carrier in shares if share)
    return tuple(Candidate(carrier=carrier, confidence=-share) for share, carrier in ranked)


def _share(part: float) -> float:
    """Three decimals, never rounded up: the sum must stay below 1. The millionth absorbs binary fractions."""
    return floor(1000 * part + 1e-6) / 1000
