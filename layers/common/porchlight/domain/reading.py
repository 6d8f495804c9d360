"""Vendor bytes to typed models, with every kind of bad input turned into one typed error.

Bounded on purpose: the parsers refuse deep nesting, NaN in number fields, document type declarations and bad UTF-8
without recursion or unbounded memory (F10); the caller has already capped the size.
"""

import json
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from pydantic import BaseModel, ValidationError

from porchlight.domain.errors import MalformedPayloadError


def read_json[M: BaseModel](vendor: str, model: type[M], body: bytes) -> M:
    """Read a JSON body into `model`. Raises `MalformedPayloadError` naming the first wrong field, never its value."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise MalformedPayloadError(vendor, field, first["msg"]) from None


def joined_answers(vendor: str, bodies: Sequence[bytes]) -> bytes:
    """Several answers as one body, each as it came. Raises `MalformedPayloadError` for one that is no text."""
    try:
        return json.dumps([body.decode() for body in bodies]).encode()
    except UnicodeDecodeError:
        raise MalformedPayloadError(vendor, "body", "not UTF-8") from None


def read_answers(vendor: str, body: bytes) -> list[bytes]:
    """The reverse; a JSON array of objects counts as their answers, one object as the only one.

    Raises `MalformedPayloadError`.
    """
    try:
        held = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedPayloadError(vendor, "body", "not JSON") from None
    answers = held if isinstance(held, list) else [held]
    return [_bytes(answer if isinstance(answer, str) else json.dumps(answer)) for answer in answers]


def _bytes(text: str) -> bytes:
    """Half a character stays one: whoever reads the answer refuses it."""
    return text.encode("utf-8", "surrogatepass")


def read_xml(vendor: str, body: bytes) -> Element:
    """Read an XML body. Raises `MalformedPayloadError`; a DOCTYPE is refused, as nothing we read has one."""
    parser = XMLParser(target=_PlainBuilder(vendor))  # noqa: S314 expat with DOCTYPE refused: no entities to expand
    try:
        parser.feed(body)
        root = parser.close()
    except (ParseError, ValueError, LookupError) as error:  # LookupError: an encoding nobody knows
        raise MalformedPayloadError(vendor, "body", "not well-formed XML") from error
    if not isinstance(root, Element):
        raise MalformedPayloadError(vendor, "body", "empty XML")
    return root


def looks_like_xml(body: bytes) -> bool:
    """Whether the first character that matters opens a tag."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def xml_text(element: Element, path: str) -> str:
    """Text at `path` below `element`, stripped; empty when absent."""
    return (element.findtext(path) or "").strip()


def xml_all(element: Element, path: str) -> Iterator[Element]:
    """Elements at `path`, in document order."""
    yield from element.findall(path)


class _PlainBuilder(TreeBuilder):
    """Builds a tree, but no document that declares types or nests deeper than any vendor's does."""

    _MAX_DEPTH = 60

    def __init__(self, vendor: str) -> None:
        super().__init__()
        self._vendor = vendor
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > self._MAX_DEPTH:
            raise MalformedPayloadError(self._vendor, "body", "nested too deeply")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)

    def doctype(self, *_: str | None) -> None:
        raise MalformedPayloadError(self._vendor, "body", "document type declarations are not accepted")
