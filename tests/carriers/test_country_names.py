"""Countries as carriers print them."""

import pytest
from porchlight.carriers._country_names import country_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DE"),
        ("DEUTSCHLAND", "DE"),
        ("HKG", "HK"),
        ("usa", "US"),
        ("Netherlands, The", "NL"),
        ("  New\n Zealand", "NZ"),
        ("Korea, Republic of", "KR"),
        ("gb", "GB"),
        ("CA - USA", ""),
        ("ZZ", ""),
        ("", ""),
    ],
)
def test_country_is_found_by_its_whole_name_or_code_only(text: str, code: str) -> None:
    assert country_code(text) == code
