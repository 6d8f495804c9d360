"""A brand admits only what is harmless in a header and in HTML, and stays readable."""

import pytest
from porchlight.domain.brand import Brand
from pydantic import ValidationError

PLAIN = {"name": "Oak & Ember", "sender_name": "Oak & Ember", "shop_url": "https://oak.example"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender_name", "Oak\r\nBcc: all@example.com"),
        ("sender_name", 'Oak" <evil@example.com>'),
        ("name", ""),
        ("shop_url", "http://oak.example"),
        ("shop_url", "javascript:alert(1)"),
        ("logo_url", 'https://oak.example/"onerror='),
        ("color", "red"),
        ("color", "#fff;background:url(x)"),
        ("reply_to", "nobody"),
        ("reply_to", "a@b.example\nBcc: c@d.example"),
        ("default_locale", "english please"),
        ("colour", "#112233"),
    ],
)
def test_what_could_hurt_is_refused(field: str, value: str):
    with pytest.raises(ValidationError):
        Brand.model_validate({**PLAIN, field: value})


@pytest.mark.parametrize(
    ("color", "text"), [("#000000", "#ffffff"), ("#8a3b12", "#ffffff"), ("#ffffff", "#111111"), ("#ffd400", "#111111")]
)
def test_text_on_the_shops_colour_can_be_read(color: str, text: str):
    assert Brand.model_validate({**PLAIN, "color": color}).on_color == text


def test_dark_mode_uses_its_own_colour_or_the_usual_one():
    assert Brand.model_validate(PLAIN).dark_color == Brand.model_validate(PLAIN).color
    assert Brand.model_validate({**PLAIN, "color_dark": "#e8a06a"}).dark_color == "#e8a06a"
