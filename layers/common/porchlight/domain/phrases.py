"""What a carrier's own words probably mean, when no table knows its code.

In comes a text in any letter case, with or without accents, with places, dates and names in it; out comes a `Score`:
the most probable status, how sure that is, and the reason within that status. Everything learned is in the model, a
file that `tools/classifier` trains; this module only reads it. What would surprise: words the model never saw are left
out, so a phrase that has hardly a known word in it scores low, whatever the rest of it says.
"""

import json
import math
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from porchlight.domain.status import Status, SubStatus

MOST_CHARACTERS = 400
"""A status text is short; what comes after this is a terms-of-use page, not a status."""

_NOT = re.compile(r"n['’]t\b")
_WORD = re.compile(r"[^\W\d_]+")
_HAS_DIGIT = re.compile(r"\w*\d\w*")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_IDEOGRAPHS = "\u2e80"
"""From here on scripts write no blanks between words."""
_NEGATIONS = frozenset(
    "not no unable cannot nobody never non unsuccessful without"
    " nicht kein keine keinen ohne erfolglos pas ne aucun sans sin nao niet geen sem nie inte ikke ej".split()
)
_REACH = 4
"""How many words after a negation it may turn round."""
_GRAM = 4


def words_of(text: str) -> list[str]:
    """Words in lower case without accents; whatever has a digit in it is left out."""
    plain = unicodedata.normalize("NFKD", _NOT.sub(" not", text[:MOST_CHARACTERS].casefold()).translate(_LETTERS))
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    return _WORD.findall(_HAS_DIGIT.sub(" ", bare) if bare < _IDEOGRAPHS else bare)


def features_of(text: str) -> set[str]:
    """Words, pairs of neighbours, words that a negation reaches, and pieces of words."""
    words = words_of(text)
    found = set(words)
    found.update(f"{left} {right}" for left, right in zip(["^", *words], [*words, "$"], strict=True))
    found.update(_negated(words))
    for word in words:
        found.update(_pieces(word))
    return found


def _negated(words: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        if word in _NEGATIONS:
            yield from (f"!{other}" for other in words[place + 1 : place + 1 + _REACH])


def _pieces(word: str) -> Iterator[str]:
    if word > _IDEOGRAPHS:
        yield from (word[at : at + size] for size in (1, 2, 3) for at in range(len(word) - size + 1))
        return
    padded = f"_{word}_"
    yield from (f"~{padded[at : at + _GRAM]}" for at in range(len(padded) - _GRAM + 1))
