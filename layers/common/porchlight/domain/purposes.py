"""What messages are for, and for whom."""

from enum import StrEnum


class Purpose(StrEnum):
    """What a message is for: which consent it needs, and which cap counts it."""

    SERVICE = "service"
    MARKETING = "marketing"


class Audience(StrEnum):
    """Whom a touchpoint is for."""

    SHOPPER = "shopper"
    MERCHANT = "merchant"
