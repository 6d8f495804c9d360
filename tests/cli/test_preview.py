"""`python -m porchlight preview`: files a merchant can open."""

import json
from pathlib import Path

import pytest
from porchlight.cli import main

BRAND = """
name: Oak & Ember
sender_name: Oak & Ember
shop_url: https://oak.example
"""


@pytest.fixture
def brand(tmp_path: Path) -> str:
    file = tmp_path / "brand.yaml"
    file.write_text(BRAND, "utf-8")
    return str(file)


def test_one_mail_is_written_as_html_and_text(tmp_path: Path, brand: str, capsys: pytest.CaptureFixture[str]):
    assert main(["preview", "delivered", "--locale", "de", "--brand", brand, "--out", str(tmp_path / "out")]) == 0
    names = {Path(one).name for one in json.loads(capsys.readouterr().out)["written"]}
    assert {"delivered.de.html", "delivered.de.txt", "delivered-several.de.html"} <= names
    text = (tmp_path / "out" / "delivered.de.txt").read_text("utf-8")
    assert text.startswith("Zugestellt: Ihre Bestellung #1001\n")
    assert "Oak & Ember" in text


def test_the_shops_own_brand_file_works(tmp_path: Path):
    assert main(["preview", "all", "--out", str(tmp_path)]) == 0
    assert "Lamp &amp; Linen" in (tmp_path / "shipped.en.html").read_text("utf-8")


def test_a_wrong_brand_file_is_one_clear_line(tmp_path: Path, brand: str, capsys: pytest.CaptureFixture[str]):
    Path(brand).write_text(BRAND.replace("https:", "http:"), "utf-8")
    assert main(["preview", "shipped", "--brand", brand, "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "shop_url" in said
    assert said.count("\n") == 1
