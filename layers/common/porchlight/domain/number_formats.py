"""What tracking numbers look like, as the carriers document it: one row per format, UPU S10 excepted.

A row's pattern is matched against the whole number in upper case without blanks, dots and hyphens (`PRINTED` rows: with
its hyphens). Where the format has a check digit, group 1 is what it covers and group 2 the digit itself. Each carrier
has the confidence it deserves when nothing else fits: what a made-up number of this form would rarely pass is near 1.

Bare digits of a common length without a check digit say nothing by themselves. Such a row has `only`: the destinations
it is looked at for, and a store that names one of its carriers opens it as well; `HINT` opens it to that word alone.
"""

from collections.abc import Mapping
from typing import NamedTuple

from porchlight.domain.check_digits import Rule, after, doubled, fedex, gs1, identcode, luhn, mod7, mod37_36


class Format(NamedTuple):
    """One kind of number."""

    name: str
    pattern: str
    check: Rule | None
    carriers: Mapping[str, float]
    only: str = ""


HINT = "-"
_ZIP = r"(?:420\d{5})?"
_ANY_ZIP = r"(?:420\d{5}(?:\d{4})?)?"
_NOT_S10 = r"(?![A-Z]{2}\d{9}[A-Z]{2}$)"
_AMAZON = r"(?:BE|DE|ES|FR|GB|IT|NL|PL|SE|UK)\d{10}"
_GLS_LANDS = "AT BE CZ DE DK ES FI FR HR HU IE IT LU NL PL PT RO SE SI SK"
_DPD_LANDS = "AT BE CH CZ DE EE ES FR GB HR HU IE IT LT LU LV NL PL PT RO SI SK"
_ARAMEX_LANDS = "AE AU BH EG IN JO KW LB NZ OM QA SA ZA"

_NORTH_AMERICA = (
    Format("UPS 1Z", r"1Z([0-9A-Z]{15})(\d)", doubled, {"ups": 0.99}),
    Format("UPS waybill", r"[AHJKTV](\d{9})(\d)", doubled, {"ups": 0.9}),
    Format("UPS Mail Innovations", r"MI\d{6}[0-9A-Z]{4,22}", None, {"ups": 0.7}),
    Format("UPS Mail Innovations, by customer", r"CGISH\d{9}", None, {"ups": 0.7}),
    Format("UPS freight", r"\d{9}|\d{12}|\d{26}", None, {"ups": 0.2}, HINT),
    Format("FedEx Express 12", r"(\d{11})(\d)", fedex, {"fedex": 0.8}),
    Format("FedEx Express 34", r"[0-8]\d{19}(\d{13})(\d)", fedex, {"fedex": 0.95}),
    Format("FedEx ASTRA 32", r"3\d{15}(\d{11})(\d)\d{4}", fedex, {"fedex": 0.93}),
    Format("FedEx Ground 15", r"(\d{14})(\d)", gs1, {"fedex": 0.85}),
    Format("FedEx Ground SSCC-18", r"0[0124](\d{15})(\d)", gs1, {"fedex": 0.8}),
    Format("FedEx Ground 96", r"96\d{5}(\d{14})(\d)", gs1, {"fedex": 0.97}),
    Format("FedEx Ground GSN 34", r"96\d{18}(\d{13})(\d)", fedex, {"fedex": 0.97}),
    Format("FedEx door tag", r"DT\d{12}", None, {"fedex": 0.9}),
    Format("FedEx SmartPost 20", r"((?:02|41|61|74)\d{17})(\d)", after("92", gs1), {"fedex": 0.75}),
    Format(
        "FedEx Ground Economy in USPS form",
        _ANY_ZIP + r"(92(?:612|748)9\d{15})(\d)",
        gs1,
        {"usps": 0.9, "fedex": 0.7},
    ),
    Format("USPS 20", r"(?!00)(\d{19})(\d)", gs1, {"usps": 0.6}),
    Format("USPS 20, known service", r"((?:0[1-8]|14|2[1-6]|34|50|56|7\d|8[235])\d{17})(\d)", gs1, {"usps": 0.9}),
    Format("USPS 20 without its 91", r"(?!00|91)(\d{19})(\d)", after("91", gs1), {"usps": 0.6}),
    Format("USPS 20 without its 91, known service", r"([78]\d{18})(\d)", after("91", gs1), {"usps": 0.85}),
    Format("USPS 22, 91", r"(?:420\d{5}(?:\d{4})?)?(91\d{19})(\d)", gs1, {"usps": 0.97}),
    Format("USPS 20, 420", r"420\d{5}(?:\d{4})?(\d{19})(\d)", after("91", gs1), {"usps": 0.85}),
    Format(
        "USPS IMpb, nine-digit mailer",
        _ZIP + r"((?:92|94|95)\d{3}9(?:\d{15}|\d{19}|\d{23}))(\d)",
        gs1,
        {"usps": 0.97},
    ),
    Format("USPS IMpb, six-digit mailer", _ZIP + r"(9[345]\d{3}[0-8](?:\d{15}|\d{19}))(\d)", gs1, {"usps": 0.97}),
    Format(
        "USPS IMpb after ZIP+4",
        r"420\d{9}((?:(?:92|94|95)\d{3}9|9[345]\d{3}[0-8])\d{15})(\d)",
        gs1,
        {"usps": 0.97},
    ),
    Format(
        "DHL eCommerce in USPS form",
        _ANY_ZIP + r"(9(?:3612|3748|4748)(?:69903|12901)\d{11})(\d)",
        gs1,
        {"usps": 0.9, "dhl_ecommerce_us": 0.8},
    ),
    Format("USPS Global Express Guaranteed", r"82\d{8}", None, {"usps": 0.2}, HINT),
    Format("Canada Post", r"(\d{15})(\d)", gs1, {"canada_post": 0.85}),
    Format("Canpar", r"[CDKLSUXZ]\d{21}", None, {"canpar": 0.97}),
    Format("Purolator PIN", r"[A-Z]{3}\d{9}", None, {"purolator": 0.35}),
    Format("Purolator", r"3[23]\d{10}|\d{9}", None, {"purolator": 0.3}, "CA"),
    Format("OnTrac C", r"C(\d{13})(\d)", after("4", doubled), {"ontrac": 0.95}),
    Format("OnTrac D", r"D(\d{13})(\d)", after("5", doubled), {"ontrac": 0.95}),
    Format("LaserShip L", r"L[AEHIMNX][1-3]\d{7}", None, {"ontrac": 0.9}),
    Format("LaserShip 1LS", r"1LS7[12](?:\d{10}|\d{15}|\d{2}01[1-4]\d{6}1)", None, {"ontrac": 0.97}),
    Format("LaserShip 1LSCX", r"1LSCX[0-9A-Z]{10}", None, {"ontrac": 0.97}),
    Format("Amazon Logistics", r"TB[ABCM]\d{12}", None, {"amazon_shipping": 0.98}),
    Format("Amazon Logistics, by country", _AMAZON, None, {"amazon_shipping": 0.6}, "AT BE DE ES FR GB IE IT NL PL SE"),
    Format("Old Dominion", r"(\d{10})(\d)", luhn, {"old_dominion": 0.5}),
    Format("XPO", r"(\d{8})([0-6])", mod7, {"xpo": 0.4}, HINT),
    Format("UniUni", r"UU[RS][0-9A-Z]{13,16}", None, {"uniuni": 0.8}),
    Format("Intelcom", r"INTLCM[A-Z]?\d{9}", None, {"intelcom": 0.9}),
    Format("A1 International", r"AZ\d{7}|AZ[A-Z]\d{10}", None, {"a1intl": 0.6}),
)

_DHL = (
    Format("DHL Express waybill", r"(\d{9})(\d)", mod7, {"dhl_express": 0.7}),
    Format("DHL Express waybill 11", r"(\d{10})(\d)", mod7, {"dhl_express": 0.5}),
    Format("DHL Express piece", r"JJD\d{9,10}|JJ?D01\d{12,18}", None, {"dhl_express": 0.9}),
    Format("DHL Express piece, other issuer", r"J[A-Z]{2,3}\d{9,10}", None, {"dhl_express": 0.5}),
    Format("DHL Express 000", r"000\d{10}", None, {"dhl_express": 0.4}),
    Format("DHL Paket SSCC", r"(?:00)?(340\d{14})(\d)", gs1, {"dhl_parcel_de": 0.9}),
    Format("DHL Paket JJD", r"JJD14\d{11}|JJD\d{18}", None, {"dhl_parcel_de": 0.85}),
    Format("DHL Paket Identcode", r"(\d{11})(\d)", identcode, {"dhl_parcel_de": 0.6}, "DE"),
    Format("DHL Parcel JVGL", r"JVGL\d{8,20}", None, {"dhl_unified": 0.9}),
    Format("DHL eCommerce GM", r"GM(?=[0-9A-Z]{10,39}$)[A-Z]{0,3}\d[0-9A-Z]+", None, {"dhl_ecommerce_us": 0.9}),
    Format(
        "DHL eCommerce, by country",
        _NOT_S10 + r"(?:LX|RX|UV|CN|SG|TH|IN|HK|MY)(?=[0-9A-Z]{10,39}$)[A-Z]{0,5}\d[0-9A-Z]+",
        None,
        {"dhl_unified": 0.6, "dhl_ecommerce_us": 0.1},
    ),
    Format("DHL eCommerce 14", r"\d{14}", None, {"dhl_ecommerce_us": 0.25}),
    Format("DHL eCommerce 14, 6012", r"6012\d{10}", None, {"dhl_ecommerce_us": 0.7}),
    Format("DHL Global Forwarding", r"[A-Z]{3,4}\d{6}", None, {"dhl_unified": 0.25}),
    Format("DHL Global Forwarding, digits", r"\d{7}|\d[A-Z]{2}\d{4,6}", None, {"dhl_unified": 0.2}, HINT),
)

_EUROPE = (
    Format("DPD 15", r"(\d{14})([0-9A-Z])", mod37_36, {"dpd": 0.85}),
    Format("DPD 28", r"(\d{27})([0-9A-Z])", mod37_36, {"dpd": 0.95}),
    Format("DPD 14", r"\d{14}", None, {"dpd": 0.4}, _DPD_LANDS),
    Format("Hermes 14", r"(\d{13})(\d)", gs1, {"hermes_de": 0.6}, "DE"),
    Format("Hermes H", r"H\d{19}", None, {"hermes_de": 0.85}),
    Format("GLS", r"\d{11,12}", None, {"gls": 0.3}, _GLS_LANDS),
    Format("GLS Track ID", r"(?=.*[A-Z])[0-9A-Z]{8}", None, {"gls": 0.3}, _GLS_LANDS),
    Format("GLS Italy", r"[A-Z][0-9A-Z]\d{9}", None, {"gls": 0.4}, "IT"),
    Format("Evri", r"[HT]\d{2}[0-9A-Z]{3}\d{10}", None, {"evri": 0.85}),
    Format("Evri 16", r"\d{16}", None, {"evri": 0.6}, "GB"),
    Format("Yodel", r"JJ?D\d{16}", None, {"yodel": 0.75, "dhl_parcel_de": 0.05}),
    Format("Yodel 0002", r"JJ?D0002\d{12}", None, {"yodel": 0.95}),
    Format("Parcelforce", r"[A-Z]{2}\d{7}|[A-Z]{4}\d{10}", None, {"parcelforce": 0.5}, "GB"),
    Format("PostNL 3S", r"3S[A-Z][0-9A-Z]{3}\d{6,11}", None, {"postnl": 0.9, "dhl_unified": 0.2}),
    Format("bpost", r"3232\d{20}", None, {"bpost": 0.95}),
    Format("Colissimo", r"\d[A-Z]\d{11}", None, {"la_poste": 0.85}),
    Format("Chronopost", r"[A-Z]{2}\d{9}(?:JB|TS)", None, {"chronopost": 0.85}),
    Format("Correos", r"P[A-Z][0-9A-Z]{5}\d{15}[A-Z]", None, {"correos_es": 0.9}),
    Format("Poste Italiane", r"\d[A-Z][0-9A-Z]{3}\d{8}", None, {"poste_italiane": 0.5}, "IT"),
    Format("InPost", r"[56]\d{23}", None, {"inpost": 0.6}),
    Format("Poczta Polska SSCC", r"(?:00)?(\d590\d{13})(\d)", gs1, {"poczta_polska": 0.8}),
    Format("PostNord SSCC", r"(?:00)?([37](?:73|57)\d{14})(\d)", gs1, {"postnord": 0.85}),
    Format("Bring SSCC", r"(?:00)?([37]70\d{14})(\d)", gs1, {"posten_norge": 0.7, "postnord": 0.3}),
    Format("Posti SSCC", r"(?:00)?([36]64\d{14})(\d)", gs1, {"posti": 0.7, "postnord": 0.2}),
    Format("Swiss Post", r"99\d{16}", None, {"swiss_post": 0.85}),
    Format("Austrian Post", r"10\d{20}", None, {"austrian_post": 0.7}),
    Format("TNT", r"\d{9}", None, {"tnt": 0.2}, HINT),
    Format("Asendia", r"[A-Z]{2,6}\d{8,20}", None, {"asendia": 0.2}, HINT),
    Format("Landmark", r"LTN\d{8}N1", None, {"landmark": 0.98}),
    Format("Nova Poshta", r"(?:20|59)\d{12}", None, {"nova_poshta": 0.5}),
    Format("Nova Poshta Shopping", r"NPI\d{14}|NPGMD\d{12}", None, {"nova_poshta": 0.9}),
    Format("Meest", r"(?:MY)?CV\d{9}ZZ", None, {"meest": 0.95}),
)

_ASIA_PACIFIC_AND_WORLD = (
    Format(
        "Australia Post article",
        r"(?=(?:\d*[A-Z]){2})(?:[0-9A-Z]{3}|[0-9A-Z]{5})\d{18}",
        None,
        {"australia_post": 0.85},
    ),
    Format("Australia Post", r"\d{12,13}|\d{22,23}", None, {"australia_post": 0.3}, "AU"),
    Format("Sendle", r"S[0-9A-Z]{5,7}", None, {"sendle": 0.4}, HINT),
    Format("Aramex", r"\d{10,12}", None, {"aramex": 0.3}, _ARAMEX_LANDS),
    Format(
        "Japanese parcel",
        r"(\d{11})([0-6])",
        mod7,
        {"yamato": 0.8, "japan_post": 0.7, "sagawa": 0.7},
        "JP",
    ),
    Format("SF Express", r"SF\d{12,15}", None, {"sf_express": 0.97}),
    Format("SF Express 12", r"\d{12}", None, {"sf_express": 0.4}, "CN HK MO TW"),
    Format("Yanwen", r"[A-Z]{2}\d{9}YP", None, {"yanwen": 0.95}),
    Format("YunExpress", r"YT\d{16}", None, {"yunexpress": 0.97}),
    Format("4PX", r"4PX\d{13}CN", None, {"4px": 0.97}),
    Format("Cainiao", r"LP\d{14,16}", None, {"cainiao": 0.85}),
)

FORMATS = (*_NORTH_AMERICA, *_DHL, *_EUROPE, *_ASIA_PACIFIC_AND_WORLD)

PRINTED = (
    Format("DHL Freight order", r"[A-Z]{2,3}-[A-Z]{2,3}-\d{7}", None, {"dhl_unified": 0.5}),
    Format("Air waybill", r"\d{3}-(\d{7})([0-6])", mod7, {"dhl_unified": 0.25}),
    Format("Amazon order and shipment", r"\d{3}-\d{7}-\d{7}:\d{13}", None, {"amazon_shipping": 0.9}),
)

HOME = {
    "australia_post": "AU",
    "canada_post": "CA",
    "canpar": "CA US",
    "dhl_ecommerce_us": "US CA",
    "evri": "GB IE",
    "hermes_de": "DE AT",
    "inpost": "PL IT FR ES PT BE NL LU GB",
    "nova_poshta": "UA",
    "old_dominion": "US CA",
    "ontrac": "US",
    "poczta_polska": "PL",
    "purolator": "CA US",
    "postnord": "SE DK NO FI",
    "yodel": "GB IE",
}
"""Carriers that deliver in few countries; a destination elsewhere speaks against them."""
