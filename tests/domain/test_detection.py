"""Which carriers a tracking number may belong to: every format, its check digit, and everything that is none."""

import re
import time
from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from porchlight.domain.carrier_names import NAME_OF
from porchlight.domain.check_digits import fedex, gs1, luhn, mod7, mod37_36, s10
from porchlight.domain.detection import LONGEST, detect
from porchlight.domain.number_formats import FORMATS, HINT, HOME, PRINTED, Format
from porchlight.domain.postal_operators import OPERATOR_OF

ROW = {row.name: row for row in (*FORMATS, *PRINTED)}

CHECKED = {
    "UPS 1Z": ("1Z4F81B70342618078", "1Z4F81B70432618078"),
    "UPS waybill": ("K4172605833", "K4172065833"),
    "FedEx Express 12": ("604813927152", "604819327152"),
    "FedEx Express 34": ("1001927403168503720900058172360413", "1001927403168503720900058127360413"),
    "FedEx ASTRA 32": ("35821420741806326173520984630519", "35821420741806326173502984630519"),
    "FedEx Ground 15": ("407258139604272", "407258193604272"),
    "FedEx Ground SSCC-18": ("004172605839204168", "004172605893204168"),
    "FedEx Ground 96": ("9611018730542160853927", "9611018730542106853927"),
    "FedEx Ground GSN 34": ("9622001730428160539400074152836093", "9622001730428160539400074125836093"),
    "FedEx SmartPost 20": ("61299984105720634184", "61299984107520634184"),
    "FedEx Ground Economy in USPS form": ("9274899984105720634180", "9274899984015720634180"),
    "USPS 20": ("41852067391405283714", "41852067319405283714"),
    "USPS 20, known service": ("03084172605839204167", "03084172608539204167"),
    "USPS 20 without its 91": ("31852067391405283719", "31852067319405283719"),
    "USPS 20 without its 91, known service": ("70417260583920416375", "70417260589320416375"),
    "USPS 22, 91": ("9101841726058392041638", "9101841726085392041638"),
    "USPS 20, 420": ("4206063701841726058392041638", "4206063701841726085392041638"),
    "USPS IMpb, nine-digit mailer": ("420606379205590841726058392041", "420606379205590841762058392041"),
    "USPS IMpb, six-digit mailer": ("9400184172605839204166", "9400184172065839204166"),
    "USPS IMpb after ZIP+4": ("4206063704189300184172605839204167", "4206063704189300184172065839204167"),
    "DHL eCommerce in USPS form": ("9361269903417260583929", "9361269903147260583929"),
    "Canada Post": ("7035841726058396", "7035841762058396"),
    "OnTrac C": ("C10841726058393", "C10841762058393"),
    "OnTrac D": ("D10084172605834", "D10084127605834"),
    "Old Dominion": ("08417260588", "08417620588"),
    "XPO": ("841726056", "841762056"),
    "DHL Express waybill": ("8417260585", "8417620585"),
    "DHL Express waybill 11": ("84172605834", "84172065834"),
    "DHL Paket SSCC": ("00340434172605839207", "00340434176205839207"),
    "DHL Paket Identcode": ("841726058393", "841726508393"),
    "DPD 15": ("09984172605839Y", "09984176205839Y"),
    "DPD 28": ("008182709984172605839101276K", "008182709984127605839101276K"),
    "Hermes 14": ("09141726058393", "09141762058393"),
    "Poczta Polska SSCC": ("00359008417260583920", "00359008417620583920"),
    "PostNord SSCC": ("00373008417260583926", "00373008417620583926"),
    "Bring SSCC": ("00370008417260583925", "00370008417620583925"),
    "Posti SSCC": ("00364008417260583924", "00364008417620583924"),
    "Japanese parcel": ("417260583924", "417265083924"),
    "Air waybill": ("020-41726053", "020-41762053"),
}
"""Invented serials, check digits worked out apart from the code; then two neighbouring digits swapped."""

UNCHECKED = {
    "UPS Mail Innovations": "MI417260ABCD58392041",
    "UPS Mail Innovations, by customer": "CGISH000417260",
    "UPS freight": "417260583920",
    "FedEx door tag": "DT417260583920",
    "USPS Global Express Guaranteed": "8241726058",
    "Canpar": "D417260583920416375001",
    "Purolator PIN": "JFV417260583",
    "Purolator": "329417260583",
    "LaserShip L": "LX24172605",
    "LaserShip 1LS": "1LS724172605839",
    "LaserShip 1LSCX": "1LSCXVE0417260Y",
    "Amazon Logistics": "TBA417260583920",
    "Amazon Logistics, by country": "DE4172605839",
    "UniUni": "UUS41726058392041",
    "Intelcom": "INTLCMA417260583",
    "A1 International": "AZK4172605839",
    "DHL Express piece": "JJD4172605839",
    "DHL Express piece, other issuer": "JQRS4172605839",
    "DHL Express 000": "0004172605839",
    "DHL Paket JJD": "JJD1441726058392",
    "DHL Parcel JVGL": "JVGL4172605839",
    "DHL eCommerce GM": "GM417260583920416375",
    "DHL eCommerce, by country": "MYABC04172605839",
    "DHL eCommerce 14": "41726058392041",
    "DHL eCommerce 14, 6012": "60124172605839",
    "DHL Global Forwarding": "ABC417260",
    "DHL Global Forwarding, digits": "4172605",
    "DPD 14": "09984172605839",
    "Hermes H": "H4172605839204163750",
    "GLS": "41726058392",
    "GLS Track ID": "ZK41AB7Q",
    "GLS Italy": "V1417260583",
    "Evri": "H01ABC4172605839",
    "Evri 16": "4172605839204163",
    "Yodel": "JJD0041726058392041",
    "Yodel 0002": "JD0002417260583920",
    "Parcelforce": "PB4172605",
    "PostNL 3S": "3SABCD417260583",
    "bpost": "323241726058392041637500",
    "Colissimo": "6A41726058392",
    "Chronopost": "XY417260583JB",
    "Correos": "PK4AB72041726058392041Q",
    "Poste Italiane": "1U08A41726058",
    "InPost": "641726058392041637500012",
    "Swiss Post": "994172605839204163",
    "Austrian Post": "1041726058392041637500",
    "TNT": "417260583",
    "Asendia": "ASND417260583920",
    "Landmark": "LTN41726058N1",
    "Nova Poshta": "59417260583920",
    "Nova Poshta Shopping": "NPI41726058392041",
    "Meest": "CV417260583ZZ",
    "Australia Post article": "33ABC417260583920416375",
    "Australia Post": "9974172605839",
    "Sendle": "S41AB7Q",
    "Aramex": "4172605839",
    "SF Express": "SF4172605839204",
    "SF Express 12": "417260583920",
    "Yanwen": "UG417260583YP",
    "YunExpress": "YT4172605839204163",
    "4PX": "4PX4172605839204CN",
    "Cainiao": "LP41726058392041",
    "DHL Freight order": "AB-CDE-4172605",
    "Amazon order and shipment": "417-2605839-2041637:4172605839204",
}

POST = {
    "RR417260589GB": "royal_mail",
    "CP417260589US": "usps",
    "LX417260589DE": "dhl_parcel_de",
    "UA417260589SE": "postnord",
    "RB417260589CV": "post_cv",
    "EE417260589BR": "correios_br",
    "RA417260589UA": "ukrposhta",
    "RR417260589JP": "japan_post",
    "XY417260589FR": "chronopost",
    "CB417260589FR": "la_poste",
}


def carriers(number: str, **known: str) -> list[str]:
    return [one.carrier for one in detect(number, **known)]


def fits(row: Format, number: str) -> bool:
    found = re.fullmatch(row.pattern, number)
    return bool(found and (row.check is None or row.check(found[1], found[2])))


def opened(row: Format) -> dict[str, str]:
    """What opens a row: nothing, a destination, or the store's word."""
    if row.only == HINT:
        return {"hint": NAME_OF.get(next(iter(row.carriers)), next(iter(row.carriers)))}
    return {"country": row.only.split()[0]} if row.only else {}


def test_every_format_has_an_example() -> None:
    assert CHECKED.keys() | UNCHECKED.keys() == ROW.keys()
    assert all((ROW[name].check is not None) is (name in CHECKED) for name in ROW)


@pytest.mark.parametrize("name", ROW)
def test_example_has_its_format_and_all_its_carriers(name: str) -> None:
    number = CHECKED[name][0] if name in CHECKED else UNCHECKED[name]
    assert fits(ROW[name], number.replace("-", "") if ROW[name] in FORMATS else number)
    assert ROW[name].carriers.keys() <= set(carriers(number, **opened(ROW[name])))


@pytest.mark.parametrize("name", CHECKED)
def test_every_other_check_digit_is_refused(name: str) -> None:
    number = CHECKED[name][0]
    found = re.fullmatch(ROW[name].pattern, number)
    assert found
    start, end = found.span(2)
    others = [number[:start] + digit + number[end:] for digit in "0123456789" if digit != found[2]]
    assert [other for other in others if fits(ROW[name], other)] == []


@pytest.mark.parametrize("name", CHECKED)
def test_two_swapped_digits_are_refused(name: str) -> None:
    assert not fits(ROW[name], CHECKED[name][1])


@pytest.mark.parametrize("name", [name for name, row in ROW.items() if row.only])
def test_plain_digits_alone_are_nobodys(name: str) -> None:
    number = CHECKED[name][0] if name in CHECKED else UNCHECKED[name]
    open_rows = {carrier for row in FORMATS if not row.only and fits(row, number) for carrier in row.carriers}
    assert set(carriers(number)) == open_rows


@pytest.mark.parametrize(("number", "carrier"), POST.items())
def test_post_belongs_to_the_country_it_was_posted_in(number: str, carrier: str) -> None:
    assert carriers(number)[0] == carrier
    wrong = [number[:10] + digit + number[11:] for digit in "0123456789" if digit != number[10]]
    assert [carriers(one) for one in wrong] == [[]] * 9


@pytest.mark.parametrize("country", ["XX", "ZZ", "EU", "QQ"])
def test_post_of_no_country_is_nobodys(country: str) -> None:
    assert detect(f"RR417260589{country}") == ()


@pytest.mark.parametrize("country", ["-", "1", "☃", "x" * 10_000])
def test_destination_that_is_none_opens_nothing(country: str) -> None:
    assert detect("417260583", country=country) == ()
    assert detect("1Z4F81B70342618078", country=country) == detect("1Z4F81B70342618078")


def test_post_to_another_country_is_delivered_by_its_post() -> None:
    assert carriers("RR417260589CN") == ["china_post"]
    assert carriers("RR417260589CN", country="US") == ["china_post", "usps"]
    assert carriers("RR417260589CN", country="CN") == ["china_post"]


@pytest.mark.parametrize(
    "printed",
    [
        "1Z4F81B70342618078",
        " 1Z 4F8 1B7 03 4261 8078 ",
        "1z4f81b70342618078",
        "1Z-4F8-1B7-03-4261-8078",
        "1Z–4F8–1B7–03–4261–8078",
        "1Z.4F8.1B7.03.4261.8078",
        "\ufeff1Z4F81B70342618078\u200b\n",
        "1Z\xa04F81B7\t0342618078",
        "1Z٤F٨١B٧٠٣٤٢٦١٨٠٧٨",
        "１Ｚ４Ｆ８１Ｂ７０３４２６１８０７８",
    ],
)
def test_blanks_hyphens_case_and_script_do_not_matter(printed: str) -> None:
    assert detect(printed) == detect("1Z4F81B70342618078")
    assert carriers(printed) == ["ups"]


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "hello world", "NONE", "n/a", "0000000000", "111111111111", "1Z²²²²²²²²²²²²²²²²", "Zürich 12345678",
     "1Z4F81B70342618078;DROP", "https://example.com/1Z4F81B70342618078", "8" * 10_000, "1Z" + "4" * 10_000, "٣" * 10_000],
)  # fmt: skip
def test_what_is_no_number_is_nobodys(text: str) -> None:
    assert detect(text) == ()


def test_longest_number_is_still_read() -> None:
    number = "1Z4F81B70342618078"
    assert carriers(number.center(LONGEST)) == ["ups"]
    assert carriers(number.center(LONGEST + 1)) == []


def test_shared_number_names_every_carrier_it_may_belong_to() -> None:
    shared = next(f"{body}{body % 7}" for body in range(4172605839, 4172605999) if luhn(str(body), str(body % 7)))
    both = detect(shared)
    assert {one.carrier for one in both} == {"dhl_express", "old_dominion"}
    assert max(one.confidence for one in both) < 0.5


def test_confidence_says_how_much_the_format_proves() -> None:
    strong, post, waybill, bare = (
        detect(one)[0].confidence for one in ("1Z4F81B70342618078", "RR417260589GB", "8417260585", "41726058392041")
    )
    assert 0.98 < strong < 1
    assert strong > post > waybill > 0.5 > bare > 0.1


def test_store_word_lifts_the_carrier_it_names() -> None:
    plain, told = detect("8417260585"), detect("8417260585", hint="DHL Express")
    assert told[0].carrier == plain[0].carrier == "dhl_express"
    assert told[0].confidence > 0.95 > plain[0].confidence


@pytest.mark.parametrize("hint", ["DHL", "dhl", " D.H.L. "])
def test_dhl_means_each_of_its_networks(hint: str) -> None:
    for number, carrier in (("8417260585", "dhl_express"), ("00340434172605839207", "dhl_parcel_de")):
        [found] = detect(number, hint=hint)
        assert found.carrier == carrier
        assert found.confidence > 0.98


def test_store_word_opens_what_says_nothing_alone() -> None:
    assert detect("417260583") == ()
    assert carriers("417260583", hint="TNT Express") == ["tnt"]
    assert carriers("417260583", hint="Other") == []


@pytest.mark.parametrize("name", [name for name in CHECKED if name.endswith("SSCC")])
def test_shipping_container_code_is_read_with_and_without_its_zeros(name: str) -> None:
    number = CHECKED[name][0]
    assert number.startswith("00")
    assert carriers(number)[0] == carriers(number[2:])[0] == next(iter(ROW[name].carriers))


def test_lasership_is_ontrac() -> None:
    assert carriers("LX24172605", hint="LaserShip") == ["ontrac"]
    assert detect("LX24172605", hint="Laser Ship") == detect("LX24172605", hint="OnTrac")


@pytest.mark.parametrize("hint", ["UPS", "Yodel", "Custom", "", "✈", "x" * 10_000])
def test_store_word_never_repairs_a_wrong_number(hint: str) -> None:
    assert detect("1Z4F81B70342618079", hint=hint) == ()
    assert carriers("CP417260589US", hint=hint) == ["usps"]


@pytest.mark.parametrize("country", ["US", "us", " Us "])
def test_destination_far_away_speaks_against_a_local_carrier(country: str) -> None:
    near, far = detect("JJD0041726058392041", country="uk"), detect("JJD0041726058392041", country=country)
    assert near[0].carrier == "yodel"
    assert near[0].confidence > detect("JJD0041726058392041")[0].confidence
    assert far[0].confidence < 0.5


@given(
    st.text(max_size=140) | st.text("0123456789ABCDRSTZ -", max_size=40),
    st.sampled_from(["", "DE", "JP", "US", "GB", "AU", "CN", "CA", "??"]),
    st.sampled_from(["", "DHL", "UPS", "gls", "yamato", "☃"]),
)
def test_any_text_gets_ranked_honest_shares(number: str, country: str, hint: str) -> None:
    found = detect(number, country=country, hint=hint)
    shares = [one.confidence for one in found]
    assert shares == sorted(shares, reverse=True)
    assert all(0 < share < 1 for share in shares)
    assert sum(shares) <= 1
    assert len({one.carrier for one in found}) == len(found)


SEES_EVERY_DIGIT = [row for row in FORMATS if row.name in CHECKED and row.check in {gs1, luhn, mod37_36}]


@st.composite
def numbers(draw: st.DrawFn, rows: list[Format]) -> tuple[Format, str]:
    row = draw(st.sampled_from(rows))
    text = draw(st.from_regex(re.compile(row.pattern, re.ASCII), fullmatch=True))
    found = re.fullmatch(row.pattern, text)
    assert found
    start, end = found.span(2)
    complete = (text[:start] + one + text[end:] for one in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return row, next(one for one in complete if fits(row, one))


def misread(row: Format, number: str) -> Iterator[str]:
    """The number with one covered or check digit misread, as long as it keeps the format's form."""
    found = re.fullmatch(row.pattern, number)
    assert found
    for at in (*range(*found.span(1)), *range(*found.span(2))):
        for digit in set("0123456789") - {number[at]}:
            other = number[:at] + digit + number[at + 1 :]
            again = re.fullmatch(row.pattern, other)
            if again and again.span(1) == found.span(1):
                yield other


@given(numbers(SEES_EVERY_DIGIT))
def test_one_misread_digit_is_never_accepted(case: tuple[Format, str]) -> None:
    row, number = case
    assert [other for other in misread(row, number) if fits(row, other)] == []


@given(numbers([row for row in FORMATS if row.name.startswith(("UPS", "OnTrac")) and row.check]))
def test_ups_overlooks_only_a_doubled_digit_off_by_five(case: tuple[Format, str]) -> None:
    row, number = case
    for other in misread(row, number):
        [(mine, theirs)] = [pair for pair in zip(number, other, strict=True) if pair[0] != pair[1]]
        assume(mine.isdigit())
        assert not fits(row, other) or abs(int(mine) - int(theirs)) == 5


@given(numbers([row for row in FORMATS if row.check is mod7]))
def test_mod7_overlooks_only_a_digit_off_by_seven(case: tuple[Format, str]) -> None:
    row, number = case
    for other in misread(row, number):
        [(mine, theirs)] = [pair for pair in zip(number, other, strict=True) if pair[0] != pair[1]]
        assert not fits(row, other) or abs(int(mine) - int(theirs)) == 7


@given(st.text("0123456789", min_size=11, max_size=11), st.integers(0, 10), st.sampled_from("123456789"))
def test_fedex_overlooks_only_what_turns_remainder_ten_into_none(body: str, at: int, step: str) -> None:
    other = body[:at] + str((int(body[at]) + int(step)) % 10) + body[at + 1 :]
    digits = [digit for digit in "0123456789" if fedex(body, digit)]
    assert len(digits) == 1
    assert not fedex(other, digits[0]) or digits == ["0"]


@given(st.text("0123456789", min_size=8, max_size=8), st.integers(0, 7), st.sampled_from("123456789"))
def test_s10_overlooks_only_what_shares_check_digit_five(body: str, at: int, step: str) -> None:
    other = body[:at] + str((int(body[at]) + int(step)) % 10) + body[at + 1 :]
    digits = [digit for digit in "0123456789" if s10(body, digit)]
    assert len(digits) == 1
    assert not s10(other, digits[0]) or digits == ["5"]


def test_carriers_are_plugin_codes_or_plain_words() -> None:
    words = {carrier for row in ROW.values() for carrier in row.carriers} | set(OPERATOR_OF.values()) | HOME.keys()
    assert all(re.fullmatch(r"[a-z0-9_]+", word) for word in words)
    assert words >= NAME_OF.keys()


def test_countries_are_written_in_two_letters() -> None:
    lands = [land for row in ROW.values() if row.only != HINT for land in row.only.split()]
    lands += [land for home in HOME.values() for land in home.split()]
    assert [land for land in lands if land not in OPERATOR_OF] == []


def test_detection_takes_well_under_a_millisecond() -> None:
    examples = [number for number, _ in CHECKED.values()] + list(UNCHECKED.values())
    for number in examples:
        detect(number)
    begun = time.perf_counter()
    for number in examples:
        detect(number, country="DE", hint="DHL")
    assert (time.perf_counter() - begun) / len(examples) < 0.001
