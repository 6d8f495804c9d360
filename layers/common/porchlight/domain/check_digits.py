"""Check digits as the vendors document them: the covered characters and the check character in, fits or not out.

Callers guarantee upper-case ASCII letters and digits, and a digit where the rule says digits. Some of these rules
overlook single mistakes: `mod7` a digit that is off by seven, `doubled` one of the doubled digits off by five, `fedex`
and `s10` those whose two remainders share a check digit. The rules are the vendors'; `gs1`, `luhn` and `mod37_36` see
every wrong digit.
"""

from collections.abc import Callable
from itertools import cycle

type Rule = Callable[[str, str], bool]

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10_OF_REMAINDER = {10: 0, 11: 5}


def gs1(body: str, check: str) -> bool:
    """Weights 3 and 1 from the right, modulo 10: GS1 (SSCC), USPS, Canada Post, FedEx Ground."""
    total = sum(weight * int(digit) for weight, digit in zip(cycle((3, 1)), reversed(body), strict=False))
    return -total % 10 == int(check)


def luhn(body: str, check: str) -> bool:
    """Every second digit from the right doubled, its digits added, modulo 10: Old Dominion."""
    doubled_digits = (sum(divmod(2 * int(digit), 10)) for digit in body[::-2])
    return -(sum(doubled_digits) + sum(map(int, body[-2::-2]))) % 10 == int(check)


def doubled(body: str, check: str) -> bool:
    """Weights 1 and 2 from the left, modulo 10, a letter counting A=2, B=3 and so on: UPS, OnTrac."""
    values = (int(one) if one.isdigit() else (ord(one) - ord("A") + 2) % 10 for one in body)
    return -sum(weight * value for weight, value in zip(cycle((1, 2)), values, strict=False)) % 10 == int(check)


def fedex(body: str, check: str) -> bool:
    """Weights 1, 3 and 7 from the right, modulo 11, then modulo 10: FedEx Express."""
    total = sum(weight * int(digit) for weight, digit in zip(cycle((1, 3, 7)), reversed(body), strict=False))
    return total % 11 % 10 == int(check)


def mod7(body: str, check: str) -> bool:
    """The remainder by seven: DHL Express, air waybills, Japanese parcels."""
    return int(body) % 7 == int(check)


def s10(body: str, check: str) -> bool:
    """UPU S10: eight weighted digits, modulo 11."""
    total = sum(weight * int(digit) for weight, digit in zip(_S10_WEIGHTS, body, strict=True))
    digit = 11 - total % 11
    return _S10_OF_REMAINDER.get(digit, digit) == int(check)


def identcode(body: str, check: str) -> bool:
    """Weights 4 and 9 from the left, modulo 10: Deutsche Post's Identcode."""
    total = sum(weight * int(digit) for weight, digit in zip(cycle((4, 9)), body, strict=False))
    return -total % 10 == int(check)


def mod37_36(body: str, check: str) -> bool:
    """ISO/IEC 7064 MOD 37,36: DPD."""
    product = 36
    for one in body:
        product = ((product + _ALPHABET.index(one)) % 36 or 36) * 2 % 37
    return (product + _ALPHABET.index(check)) % 36 == 1


def after(prefix: str, rule: Rule) -> Rule:
    """The rule over a body whose leading digits are known but not printed."""

    def ruled(body: str, check: str) -> bool:
        return rule(prefix + body, check)

    ruled.__name__ = f"{rule.__name__} after {prefix}"
    return ruled
