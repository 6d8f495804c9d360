"""Publishing: what is uploaded under which type, and that a wrong setting stops it before anything is uploaded."""

import json
import subprocess
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from tools import publish

BRAND = {"name": "Lamp & Linen"}


@pytest.fixture
def s3(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="pages")
        yield client
        client.close()


def test_every_file_of_the_page_has_a_content_type_and_a_cache_time(s3):
    files = publish.page_files(BRAND)
    publish.publish_pages(s3, "pages", files)
    stored = {key: s3.head_object(Bucket="pages", Key=key) for key in files}
    assert stored["index.html"]["ContentType"] == "text/html; charset=utf-8"
    assert stored["index.html"]["CacheControl"] == "public, max-age=0, s-maxage=86400"
    assert {head["ContentType"] for key, head in stored.items() if key.endswith(".json")} == {"application/json"}


def test_the_page_carries_the_shops_name():
    assert "Lamp & Linen" in publish.page_files(BRAND)["index.html"].decode()


def test_a_file_of_an_unknown_type_is_not_published(s3, tmp_path):
    with pytest.raises(KeyError, match=r"\.exe"):
        publish.publish_pages(s3, "pages", {"setup.exe": b""})


def test_the_shipped_settings_compile():
    compiled = publish.compiled_config()
    assert sorted(compiled) == ["config/brand.json", "config/journeys.json", "config/mappings.json"]
    assert all(json.loads(body) for body in compiled.values())


def test_a_wrong_setting_is_refused(tmp_path, capfd):
    for file in publish.CONFIG.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
    Path(tmp_path / "brand.yaml").write_text("name: [1, 2]\n")
    with pytest.raises(subprocess.CalledProcessError):
        publish.compiled_config(tmp_path)
    assert "brand.yaml:1" in capfd.readouterr().err
