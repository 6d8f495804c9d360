"""Who handles post that carries a UPU S10 number, by the country in its last two letters.

A carrier with a plug-in has its code, other well-known posts a plain word, the rest `post_` and the country. Only
countries of the Universal Postal Union and their territories are listed: a number of any other "country" is none.
"""

_NAMED = """
AE emirates_post | AR correo_argentino | AT austrian_post | AU australia_post | BE bpost | BG bulgarian_posts
BR correios_br | BY belpochta | CA canada_post | CH swiss_post | CL correos_chile | CN china_post | CO 472_colombia
CY cyprus_post | CZ ceska_posta | DE dhl_parcel_de | DK postnord | EE omniva | EG egypt_post | ES correos_es
FI posti | FR la_poste | GB royal_mail | GR elta | HK hongkong_post | HR hrvatska_posta | HU magyar_posta
ID pos_indonesia | IE an_post | IL israel_post | IN india_post | IS posturinn | IT poste_italiane | JP japan_post
KR korea_post | KZ kazpost | LT lietuvos_pastas | LU post_luxembourg | LV latvijas_pasts | MT malta_post
MX correos_mexico | MY pos_malaysia | NL postnl | NO posten_norge | NZ nz_post | PH phlpost | PK pakistan_post
PL poczta_polska | PT ctt | RO posta_romana | RS posta_srbije | RU russian_post | SA saudi_post | SE postnord
SG singpost | SI posta_slovenije | SK slovenska_posta | TH thailand_post | TR ptt | TW chunghwa_post | UA ukrposhta
US usps | VN vietnam_post | ZA south_african_post
"""

_OTHERS = """
AD AF AG AI AL AM AO AS AW AX AZ BA BB BD BF BH BI BJ BL BM BN BO BQ BS BT BW BZ CD CF CG CI CK CM CR CU CV CW CX CC DJ
DM DO DZ EC EH ER ET FJ FK FM FO GA GD GE GF GG GH GI GL GM GN GP GQ GT GU GW GY HN HT IM IO IQ IR JE JM JO KE KG KH KI
KM KN KP KW KY LA LB LC LI LK LR LS LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MU MV MW MZ NA NC NE NF NG NI NP
NR NU OM PA PE PF PG PM PN PR PS PW PY QA RE RW SB SC SD SH SJ SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TJ TK TL TM
TN TO TT TV TZ UG UY UZ VA VC VE VG VI VU WF WS XK YE YT ZM ZW
"""

OPERATOR_OF = {country: f"post_{country.lower()}" for country in _OTHERS.split()} | {
    country: operator
    for entry in _NAMED.replace("\n", "|").split("|")
    if entry
    for country, operator in [entry.split()]
}
"""Country code to carrier code."""
