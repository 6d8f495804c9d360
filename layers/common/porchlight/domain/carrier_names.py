"""Our plug-in code for a carrier as shops and packing software spell it.

Only names that mean one carrier are listed; a brand of several networks, or a service nobody polls, is left to the
tracking number. The names stand here and not in the plug-ins, because evaluation and the tracking page need them and
would otherwise import every carrier in each cold start.
"""

CARRIER_OF = {
    "ups": "ups",
    "united parcel service": "ups",
    "fedex": "fedex",
    "federal express": "fedex",
    "usps": "usps",
    "u.s. postal service": "usps",
    "united states postal service": "usps",
    "dhl": "dhl_unified",
    "dhl express": "dhl_unified",
    "dhl ecommerce": "dhl_unified",
    "dhl ecommerce asia": "dhl_unified",
    "dhl parcel": "dhl_unified",
    "dhl germany": "dhl_unified",
}


def carrier_named(words: str) -> str:
    """Plug-in code of the carrier with this name, in any letter case and spacing; empty when it is not known."""
    return CARRIER_OF.get(" ".join(words.casefold().split()), "")


NAME_OF = {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl_unified": "DHL"}
"""How people write each carrier we have a plug-in for, whatever a store calls it; aggregators move no parcels."""

_SAYS_NOTHING = frozenset({"", "other", "unknown", "custom"})


def shown_name(code: str, words: str) -> str:
    """A carrier's name as people write it; empty when nobody knows it.

    Args:
        code: Plug-in code or an aggregator's word for the carrier, empty when unknown.
        words: What the store calls it.
    """
    if code in NAME_OF:
        return NAME_OF[code]
    spoken = " ".join(words.split())
    return code.replace("_", " ").upper() if spoken.casefold() in _SAYS_NOTHING else spoken
