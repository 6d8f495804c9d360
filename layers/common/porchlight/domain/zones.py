"""Time zone of a place, as far as country and region tell it; `None` where that would be a guess.

Countries with one civil zone, or where nearly everybody lives in one, are listed by country; the United States,
Canada, Australia and Brazil by state or province (the zone of most inhabitants where a state has two). Source: IANA
tz database, `zone1970.tab` and its comments. Regions are looked up by code or by full name, in any case.
"""

from porchlight.domain.tracking import Place

_COUNTRIES = """
Europe/Andorra AD | Europe/Tirane AL | Europe/Vienna AT | Europe/Sarajevo BA | Europe/Brussels BE | Europe/Sofia BG
Europe/Minsk BY | Europe/Zurich CH LI | Asia/Nicosia CY | Europe/Prague CZ | Europe/Berlin DE | Europe/Copenhagen DK
Europe/Tallinn EE | Europe/Madrid ES | Europe/Helsinki FI AX | Atlantic/Faroe FO | Europe/Paris FR | Europe/London GB
Europe/Guernsey GG | Europe/Gibraltar GI | Europe/Athens GR EL | Europe/Zagreb HR | Europe/Budapest HU
Europe/Dublin IE | Europe/Isle_of_Man IM | Atlantic/Reykjavik IS | Europe/Rome IT SM VA | Europe/Jersey JE
Europe/Vilnius LT | Europe/Luxembourg LU | Europe/Riga LV | Europe/Monaco MC | Europe/Chisinau MD
Europe/Podgorica ME | Europe/Skopje MK | Europe/Malta MT | Europe/Amsterdam NL | Europe/Oslo NO SJ
Europe/Warsaw PL | Europe/Lisbon PT | Europe/Bucharest RO | Europe/Belgrade RS XK | Europe/Stockholm SE
Europe/Ljubljana SI | Europe/Bratislava SK | Europe/Istanbul TR | Europe/Kyiv UA
Asia/Dubai AE OM | Asia/Kabul AF | Asia/Yerevan AM | Asia/Baku AZ | Asia/Dhaka BD | Asia/Bahrain BH
Asia/Brunei BN | Asia/Thimphu BT | Asia/Shanghai CN | Asia/Tbilisi GE | Asia/Hong_Kong HK | Asia/Jerusalem IL
Asia/Kolkata IN | Asia/Baghdad IQ | Asia/Tehran IR | Asia/Amman JO | Asia/Tokyo JP | Asia/Bishkek KG
Asia/Phnom_Penh KH | Asia/Seoul KR | Asia/Kuwait KW | Asia/Almaty KZ | Asia/Vientiane LA | Asia/Beirut LB
Asia/Colombo LK | Asia/Yangon MM | Asia/Macau MO | Indian/Maldives MV | Asia/Kuala_Lumpur MY | Asia/Kathmandu NP
Asia/Manila PH | Asia/Karachi PK | Asia/Gaza PS | Asia/Qatar QA | Asia/Riyadh SA | Asia/Singapore SG
Asia/Damascus SY | Asia/Bangkok TH | Asia/Dushanbe TJ | Asia/Ashgabat TM | Asia/Taipei TW | Asia/Tashkent UZ
Asia/Ho_Chi_Minh VN | Asia/Aden YE
Africa/Luanda AO | Africa/Ouagadougou BF | Africa/Bujumbura BI | Africa/Porto-Novo BJ | Africa/Gaborone BW
Africa/Bangui CF | Africa/Brazzaville CG | Africa/Abidjan CI | Africa/Douala CM | Atlantic/Cape_Verde CV
Africa/Djibouti DJ | Africa/Algiers DZ | Africa/Cairo EG | Africa/Asmara ER | Africa/Addis_Ababa ET
Africa/Libreville GA | Africa/Accra GH | Africa/Banjul GM | Africa/Conakry GN | Africa/Malabo GQ
Africa/Bissau GW | Africa/Nairobi KE | Indian/Comoro KM | Africa/Monrovia LR | Africa/Maseru LS
Africa/Tripoli LY | Africa/Casablanca MA | Indian/Antananarivo MG | Africa/Bamako ML | Africa/Nouakchott MR
Indian/Mauritius MU | Africa/Blantyre MW | Africa/Maputo MZ | Africa/Windhoek NA | Africa/Niamey NE
Africa/Lagos NG | Indian/Reunion RE | Africa/Kigali RW | Indian/Mahe SC | Africa/Khartoum SD
Africa/Freetown SL | Africa/Dakar SN | Africa/Mogadishu SO | Africa/Juba SS | Africa/Sao_Tome ST
Africa/Mbabane SZ | Africa/Ndjamena TD | Africa/Lome TG | Africa/Tunis TN | Africa/Dar_es_Salaam TZ
Africa/Kampala UG | Indian/Mayotte YT | Africa/Johannesburg ZA | Africa/Lusaka ZM | Africa/Harare ZW
America/Antigua AG | America/Anguilla AI | America/Argentina/Buenos_Aires AR | America/Aruba AW
America/Barbados BB | America/St_Barthelemy BL | Atlantic/Bermuda BM | America/La_Paz BO | America/Kralendijk BQ
America/Nassau BS | America/Belize BZ | America/Santiago CL | America/Bogota CO | America/Costa_Rica CR
America/Havana CU | America/Curacao CW | America/Dominica DM | America/Santo_Domingo DO | America/Guayaquil EC
America/Grenada GD | America/Cayenne GF | America/Guadeloupe GP | America/Guatemala GT | America/Guyana GY
America/Tegucigalpa HN | America/Port-au-Prince HT | America/Jamaica JM | America/St_Kitts KN
America/Cayman KY | America/St_Lucia LC | America/Marigot MF | America/Martinique MQ | America/Montserrat MS
America/Managua NI | America/Panama PA | America/Lima PE | America/Miquelon PM | America/Puerto_Rico PR
America/Asuncion PY | America/Paramaribo SR | America/El_Salvador SV | America/Lower_Princes SX
America/Grand_Turk TC | America/Port_of_Spain TT | America/Montevideo UY | America/St_Vincent VC
America/Caracas VE | America/Tortola VG | America/St_Thomas VI
Pacific/Pago_Pago AS | Pacific/Rarotonga CK | Pacific/Fiji FJ | Pacific/Guam GU | Pacific/Saipan MP
Pacific/Noumea NC | Pacific/Auckland NZ | Pacific/Tahiti PF | Pacific/Port_Moresby PG | Pacific/Guadalcanal SB
Pacific/Tongatapu TO | Pacific/Efate VU | Pacific/Apia WS
"""

_REGIONS = {
    "US": """
America/New_York CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV
America/Chicago AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI
America/Denver CO ID MT NM UT WY | America/Phoenix AZ | America/Los_Angeles CA NV OR WA
America/Anchorage AK | Pacific/Honolulu HI | America/Puerto_Rico PR | America/St_Thomas VI
Pacific/Guam GU | Pacific/Pago_Pago AS | Pacific/Saipan MP
""",
    "CA": """
America/St_Johns NL | America/Halifax NB NS PE | America/Toronto ON QC PQ | America/Winnipeg MB
America/Regina SK | America/Edmonton AB NT | America/Iqaluit NU | America/Vancouver BC | America/Whitehorse YT
""",
    "AU": """
Australia/Sydney NSW ACT | Australia/Melbourne VIC | Australia/Brisbane QLD | Australia/Adelaide SA
Australia/Perth WA | Australia/Hobart TAS | Australia/Darwin NT
""",
    "BR": """
America/Sao_Paulo DF ES GO MG PR RJ RS SC SP | America/Bahia BA | America/Fortaleza CE MA PB PI RN
America/Recife PE | America/Maceio AL SE | America/Belem AP PA | America/Araguaina TO | America/Cuiaba MT
America/Campo_Grande MS | America/Manaus AM | America/Boa_Vista RR | America/Porto_Velho RO
America/Rio_Branco AC
""",
}

_NAMES = {
    "US": """AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware
DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky
LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana
NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota
OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|RI Rhode Island|SC South Carolina|SD South Dakota
TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming""",
    "CA": """AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia
NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|QC Québec|SK Saskatchewan|YT Yukon""",
    "AU": """ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland
SA South Australia|TAS Tasmania|VIC Victoria|WA Western Australia""",
}


def _table(text: str) -> dict[str, str]:
    rows = (entry.split() for line in text.strip().splitlines() for entry in line.split("|"))
    return {code: zone for zone, *codes in rows for code in codes}


def _names(text: str) -> dict[str, str]:
    entries = (entry.partition(" ") for line in text.splitlines() for entry in line.split("|"))
    return {name.upper(): code for code, _, name in entries}


ZONE_OF_COUNTRY: dict[str, str] = _table(_COUNTRIES)
ZONE_OF_REGION: dict[tuple[str, str], str] = {
    (country, region): zone for country, text in _REGIONS.items() for region, zone in _table(text).items()
}
REGION_OF_NAME: dict[tuple[str, str], str] = {
    (country, name): code for country, text in _NAMES.items() for name, code in _names(text).items()
}


def zone_of(place: Place) -> str | None:
    """IANA zone name of a place, or `None` when country and region do not decide it."""
    country, region = place.country.strip().upper(), place.region.strip().upper()
    code = REGION_OF_NAME.get((country, region), region)
    return ZONE_OF_REGION.get((country, code)) or ZONE_OF_COUNTRY.get(country)
