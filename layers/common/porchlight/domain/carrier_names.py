"""Our plug-in code for a carrier as shops and packing software spell it.

Only names that mean one carrier are listed; a brand of several networks, or a service nobody polls, is left to the
tracking number.
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
