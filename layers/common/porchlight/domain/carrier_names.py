"""Carriers by name: our plug-in code for what shops call them, how people write them, and who else can be asked.

Only names that mean one carrier are listed; a brand of several networks, or a service nobody polls, is left to the
tracking number. The names stand here and not in the plug-ins, because evaluation and the tracking page need them and
would otherwise import every carrier in each cold start.
"""

NAME_OF = {
    "amazon_shipping": "Amazon Shipping",
    "aramex": "Aramex",
    "asendia": "Asendia",
    "australia_post": "Australia Post",
    "austrian_post": "Österreichische Post",
    "bpost": "bpost",
    "canada_post": "Canada Post",
    "canpar": "Canpar",
    "china_post": "China Post",
    "chronopost": "Chronopost",
    "correios_br": "Correios",
    "correos_es": "Correos",
    "dhl_ecommerce_us": "DHL eCommerce US",
    "dhl_express": "DHL Express",
    "dhl_parcel_de": "DHL Paket",
    "dhl_unified": "DHL",
    "dpd": "DPD",
    "evri": "Evri",
    "fedex": "FedEx",
    "gls": "GLS",
    "inpost": "InPost",
    "japan_post": "Japan Post",
    "la_poste": "La Poste",
    "ontrac": "OnTrac",
    "poste_italiane": "Poste Italiane",
    "postnl": "PostNL",
    "postnord": "PostNord",
    "purolator": "Purolator",
    "royal_mail": "Royal Mail",
    "sendle": "Sendle",
    "sf_express": "SF Express",
    "swiss_post": "Swiss Post",
    "tnt": "TNT",
    "ups": "UPS",
    "usps": "USPS",
    "yanwen": "Yanwen",
    "yunexpress": "YunExpress",
}
"""How people write each carrier we have a plug-in for, whatever a store calls it; aggregators move no parcels."""

CARRIER_OF = {name.casefold(): code for code, name in NAME_OF.items()} | {
    "amazon": "amazon_shipping",
    "amazon logistics": "amazon_shipping",
    "amazon shipping uk": "amazon_shipping",
    "aramex australia": "aramex",
    "asendia us": "asendia",
    "asendia usa": "asendia",
    "auspost": "australia_post",
    "australia post mypost": "australia_post",
    "austrian post": "austrian_post",
    "belgian post": "bpost",
    "bpost international": "bpost",
    "china ems": "china_post",
    "colissimo": "la_poste",
    "correios brazil": "correios_br",
    "correos españa": "correos_es",
    "correos spain": "correos_es",
    "deutsche post dhl paket": "dhl_parcel_de",
    "dhl ecommerce": "dhl_unified",
    "dhl ecommerce asia": "dhl_unified",
    "dhl ecommerce americas": "dhl_ecommerce_us",
    "dhl germany": "dhl_parcel_de",
    "dhl parcel": "dhl_unified",
    "dhl parcel de": "dhl_parcel_de",
    "dpd de": "dpd",
    "dpd germany": "dpd",
    "dpd uk": "dpd",
    "federal express": "fedex",
    "general logistics systems": "gls",
    "hermes uk": "evri",
    "inpost poland": "inpost",
    "japan post (en)": "japan_post",
    "la poste colissimo": "la_poste",
    "lasership": "ontrac",
    "myhermes": "evri",
    "poste italiane sda": "poste_italiane",
    "postnl domestic": "postnl",
    "postnl international": "postnl",
    "postnord sverige": "postnord",
    "postnord se": "postnord",
    "postnord dk": "postnord",
    "purolator courier": "purolator",
    "sf": "sf_express",
    "die post": "swiss_post",
    "tnt express": "tnt",
    "u.s. postal service": "usps",
    "united parcel service": "ups",
    "united states postal service": "usps",
}

ANSWERED_BY = {
    "chronopost": ("la_poste",),
    "dhl_ecommerce_us": ("dhl_unified",),
    "dhl_express": ("dhl_unified",),
    "dhl_parcel_de": ("dhl_unified",),
    "tnt": ("fedex",),
}
"""Who else of the same group knows a carrier's parcels, when no account of its own is connected."""

AGGREGATORS = (
    "17track",
    "aftership",
    "easypost",
    "karrio",
    "sendcloud",
    "ship24",
    "shipengine",
    "shippo",
    "trackingmore",
)
"""Plug-ins that speak for many carriers: asked where no account of the carrier's own group is connected."""


def _squeezed(words: str) -> str:
    return "".join(one for one in words.casefold() if one.isalnum())


_SQUEEZED = {_squeezed(words): code for words, code in CARRIER_OF.items()}


def carrier_named(words: str) -> str:
    """Plug-in code of the carrier with this name, whatever its letter case, blanks and marks; empty when not known."""
    return _SQUEEZED.get(_squeezed(words), "")


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
