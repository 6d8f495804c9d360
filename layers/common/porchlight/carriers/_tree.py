"""One model for a vendor's JSON and its older XML: fields name the paths where either keeps them.

XML becomes the nested dictionaries that JSON would be: tags without namespace, a repeated tag as a list, text as text.
Not a plug-in: it knows no vendor.
"""

from typing import Annotated, Any
from xml.etree.ElementTree import Element

from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.model import Value
from porchlight.domain.reading import looks_like_xml, read_json, read_xml


class Vendor(Value):
    """Base of a vendor's objects: codes may come as numbers, an object without content as null or as an empty tag."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_empty(cls, value: object) -> object:
        return {} if value is None or value == "" else value


def _several(value: object) -> object:
    if value is None or value == "":
        return ()
    return value if isinstance(value, list) else [value]


type Many[T] = Annotated[tuple[T, ...], BeforeValidator(_several)]
"""A list that may be absent or null, or hold its only entry bare."""


def at(*paths: str, default: object = "") -> Any:
    """A field found at the first of these dotted paths that is there; a number is a place in a list."""
    return Field(default=default, validation_alias=AliasChoices(*(_path(path) for path in paths)))


def read_document[M: BaseModel](vendor: str, model: type[M], body: bytes) -> M:
    """Read a JSON or XML body into `model`. Raises `MalformedPayloadError`."""
    if not looks_like_xml(body):
        return read_json(vendor, model, body)
    try:
        return model.model_validate(_tree(_content(read_xml(vendor, body))))
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"]) or "body"
        raise MalformedPayloadError(vendor, field, "not as documented") from None


def _path(dotted: str) -> AliasPath:
    first, *rest = dotted.split(".")
    return AliasPath(first, *(int(step) if step.isdecimal() else step for step in rest))


def _content(root: Element) -> Element:
    """The document inside a SOAP envelope, or the document itself."""
    return next((child for part in root if part.tag.endswith("}Body") for child in part), root)


def _tree(element: Element) -> object:
    if not len(element):
        return (element.text or "").strip()
    found: dict[str, list[object]] = {}
    for child in element:
        found.setdefault(child.tag.rpartition("}")[2], []).append(_tree(child))
    return {tag: values[0] if len(values) == 1 else values for tag, values in found.items()}
