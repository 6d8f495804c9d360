"""What the words of a condition give away before any order is seen: that it can never hold.

CEL's own check knows names and types. It does not know which texts a fact can have, nor which touchpoints are about a
parcel.
"""

import re

from porchlight.domain.conditions import ConditionError, ConditionFailedError, checked, holds
from porchlight.domain.rule_facts import FACTS, SAMPLE
from porchlight.domain.status import Status, SubStatus

_TEXT = r"""(?:"[^"]*"|'[^']*')"""
_WORDS = {"status": frozenset({"", *Status}), "sub_status": frozenset(SubStatus)}
_COMPARED = re.compile(rf"\b\w+\.(status|sub_status)\s*(?:[=!]=\s*({_TEXT})|in\s*\[([^\]]*)\])")
_OF_THE_PARCEL = re.compile(r"(?<![\w.])parcel\.")
_OF_ALL = re.compile(r"\(\s*parcel\s*,")


def impossible(text: str, *, about_a_parcel: bool) -> str:
    """Why a condition can never hold, or never means what it says; empty when it can."""
    for field, one, several in _COMPARED.findall(text):
        for word in re.findall(_TEXT, one or several):
            if word[1:-1] not in _WORDS[field]:
                return f"no parcel has the {field} {word}; these exist: {', '.join(sorted(_WORDS[field] - {''}))}"
    plain = re.sub(_TEXT, "''", text)
    if not about_a_parcel and _OF_THE_PARCEL.search(plain) and not _OF_ALL.search(plain):
        return "this trigger is about the order and no single parcel; look at all of them: parcels.exists(p, …)"
    return "never holds" if _is_always_false(plain, text) else ""


def _is_always_false(plain: str, text: str) -> bool:
    """Of a condition that looks at nothing: what it gives once it gives always."""
    if any(name in plain for name in FACTS) or "segment." in plain:
        return False
    try:
        return not holds(checked(text), SAMPLE)
    except (ConditionError, ConditionFailedError):
        return False
