"""Vendor bytes become typed models, or one typed error that names the field and never the value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.model import Value
from porchlight.domain.reading import looks_like_xml, read_json, read_xml, xml_all, xml_text


class Line(Value):
    sku: str
    weight: int = 0


class Body(Value):
    name: str
    lines: tuple[Line, ...] = ()


def malformed(body: bytes) -> MalformedPayloadError:
    with pytest.raises(MalformedPayloadError) as caught:
        read_json("vendor", Body, body)
    return caught.value


def test_a_good_body_is_read_and_unknown_fields_are_ignored() -> None:
    assert read_json("vendor", Body, b'{"name": "a", "lines": [{"sku": "x"}], "new": {}}') == Body(
        name="a", lines=(Line(sku="x"),)
    )


def test_a_wrong_field_is_named_by_its_path_and_its_value_is_not_told() -> None:
    error = malformed(b'{"name": "a", "lines": [{"sku": "x", "weight": "ada@example.com"}]}')
    assert (error.vendor, error.field) == ("vendor", "lines.0.weight")
    assert "ada@example.com" not in str(error)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"name": NaN}',
        b'{"name": "a", "lines": [{"sku": "x", "weight": NaN}]}',
        b'{"name": "\xff\xfe"}',
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'{"name":' * 5_000 + b"1" + b"}" * 5_000,
        b"<html>busy</html>",
    ],
)
def test_hostile_or_broken_json_is_one_typed_error(body: bytes) -> None:
    assert malformed(body).field


def test_of_a_name_given_twice_the_last_counts() -> None:
    assert read_json("vendor", Body, b'{"name": "a", "name": "b"}').name == "b"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_as_json(body: bytes) -> None:
    try:
        read_json("vendor", Body, body)
    except MalformedPayloadError as error:
        assert error.vendor == "vendor"  # noqa: PT017 either outcome is right


@given(st.binary(max_size=300) | st.text(alphabet="<>/ab &;!?[]\"'=", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_as_xml(body: bytes) -> None:
    try:
        read_xml("vendor", body)
    except MalformedPayloadError as error:
        assert error.vendor == "vendor"  # noqa: PT017 either outcome is right


def test_xml_is_read_by_path() -> None:
    root = read_xml("vendor", b"<?xml version='1.0' encoding='utf-8'?><a><b> one </b><b>two</b><c/></a>")
    assert xml_text(root, "b") == "one"
    assert [one.text for one in xml_all(root, "b")] == [" one ", "two"]
    assert (xml_text(root, "c"), xml_text(root, "nowhere")) == ("", "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"text",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://example.com/a.dtd"><a/>',
        b"<a>&unknown;</a>",
        b"<a>" * 61 + b"</a>" * 61,
        b"<a>" * 100_000,
        b"<a>\xff</a>",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
    ],
)
def test_hostile_or_broken_xml_is_one_typed_error(body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        read_xml("vendor", body)


def test_nesting_as_deep_as_any_vendor_s_is_read() -> None:
    assert read_xml("vendor", b"<a>" * 60 + b"</a>" * 60).tag == "a"


@pytest.mark.parametrize(
    ("body", "is_xml"),
    [(b"<a/>", True), (b"\xef\xbb\xbf\n <a/>", True), (b'{"a": "<"}', False), (b"", False), (b"  ", False)],
)
def test_xml_is_told_from_json_by_its_first_character(body: bytes, is_xml: bool) -> None:
    assert looks_like_xml(body) == is_xml
