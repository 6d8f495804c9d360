"""What a merchant writes in `config/`: checked, and compiled to the JSON that the functions load from the data bucket.

In come `journeys.yaml`, `brand.yaml` and `mappings.yaml`, out go `journeys.json` (with a `version`, the digest of the
file, which every decision names), `brand.json` and `mappings.json`. A wrong file gives one error per thing that is
wrong, all of them at once, each with file, line and field. Nothing is written unless everything is right.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, ValidationError, field_validator

from porchlight.domain.brand import Brand
from porchlight.domain.contradictions import contradictions, doubts
from porchlight.domain.errors import InvalidConfigError
from porchlight.domain.journey_checks import compiled, wrong_conditions
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.mappings import CodeMapping, Mappings
from porchlight.domain.togetherness import Flaw
from porchlight.plugins import CARRIERS, CHANNELS, STORES
from porchlight.template_checks import borrowed_texts, missing_texts

JOURNEYS = "journeys"
BRAND = "brand"
MAPPINGS = "mappings"

_SENTENCES = {
    "missing": "is missing",
    "too_short": "must have at least one entry",
    "extra_forbidden": "there is no such field; see docs/journeys.md",
    "model_type": "must be fields with values, `name: value`",
    "tuple_type": "must be a list",
    "dict_type": "must be fields with values, `name: value`",
    "string_type": "must be a text; put it in quotes",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
}
"""Plain words for what pydantic says in its own; all other kinds keep pydantic's sentence."""


def _channel(code: str) -> str:
    if code not in CHANNELS.codes():
        message = f"no such channel; these exist: {', '.join(CHANNELS.codes())}"
        raise ValueError(message)
    return code


class WrittenTouchpoint(Touchpoint):
    """A touchpoint as a merchant may write it: by channels that exist."""

    channels: Annotated[tuple[Annotated[str, AfterValidator(_channel)], ...], Field(min_length=1)] = ("email",)


class WrittenJourney(Journey):
    """`journeys.yaml`: a journey before it has a version."""

    touchpoints: Annotated[tuple[WrittenTouchpoint, ...], Field(min_length=1)]

    @field_validator("version")
    @classmethod
    def _is_not_written(cls, _: str) -> str:
        message = "is set when the file is published; leave it out"
        raise ValueError(message)


class WrittenMapping(CodeMapping):
    """A mapping as a merchant may write it: of a vendor that exists."""

    @field_validator("source")
    @classmethod
    def _exists(cls, source: str) -> str:
        known = {*CARRIERS.codes(), *STORES.codes()}
        if source not in known:
            message = f"no such carrier, aggregator or store; these exist: {', '.join(sorted(known))}"
            raise ValueError(message)
        return source


class WrittenMappings(Mappings):
    """`mappings.yaml`."""

    mappings: tuple[WrittenMapping, ...] = ()


def read_journey(file: Path) -> Journey:
    """The journey of a file, with its digest as version. Raises as `read_config` does."""
    written = read_config(file, WrittenJourney, _impossible)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    return compiled(Journey.model_validate({**written.model_dump(), "version": digest}))


def doubtful(file: Path, journey: Journey) -> list[InvalidConfigError]:
    """What is odd in a right file, and was perhaps not meant; nothing of it keeps the file from being published."""
    from porchlight.yaml_file import read_yaml  # noqa: PLC0415 PyYAML is not in the layer

    content = read_yaml(file.read_bytes())
    found = [*doubts(journey), *borrowed_texts(journey)]
    told = [_named(file, content.line_of(path), path, reason) for path, reason in found]
    return sorted(told, key=lambda one: one.line or 0)


def _impossible(journey: Journey) -> list[Flaw]:
    return [*wrong_conditions(journey), *contradictions(journey), *missing_texts(journey)]


def read_config[M: BaseModel](file: Path, model: type[M], judge: Callable[[M], list[Flaw]] = lambda _: []) -> M:
    """Read a YAML file into `model`; `judge` looks at what no single field can tell.

    Raises:
        ExceptionGroup: Of `InvalidConfigError`, one for each thing that is wrong, by line.
    """
    from porchlight import yaml_file  # noqa: PLC0415 PyYAML is not in the layer

    try:
        content = yaml_file.read_yaml(file.read_bytes())
    except OSError as error:
        reason = error.strerror or "can not be read"
        raise _all_wrong([InvalidConfigError(str(file), None, "file", reason)]) from None
    flaws, checked = list(content.flaws), None
    try:
        checked = model.model_validate(content.value, strict=False)
    except ValidationError as error:
        # An entry that YAML could not give is judged once, as YAML.
        broken = {flaw.path for flaw in flaws}
        for path, reason in _judged(error):
            if not any(path[: len(other)] == other for other in broken):
                flaws.append(yaml_file.Flaw(content.line_of(path), path, reason))
    if checked is not None and not flaws:
        flaws = [yaml_file.Flaw(content.line_of(path), path, reason) for path, reason in judge(checked)]
    if flaws or checked is None:
        raise _all_wrong([_named(file, flaw.line, flaw.path, flaw.reason) for flaw in flaws])
    return checked


def compile_config(folder: Path, out: Path) -> Journey:
    """Check a merchant's folder, write what the functions load into `out`, and return the journey.

    Raises:
        ExceptionGroup: Of `InvalidConfigError`, for all files together.
    """
    wrong: list[InvalidConfigError] = []
    results: dict[str, BaseModel] = {}
    for name, read in ((JOURNEYS, read_journey), (BRAND, _read_brand), (MAPPINGS, read_mappings)):
        try:
            results[name] = read(folder / f"{name}.yaml")
        except ExceptionGroup as group:
            wrong.extend(error for error in group.exceptions if isinstance(error, InvalidConfigError))
    if wrong:
        raise _all_wrong(wrong)
    out.mkdir(parents=True, exist_ok=True)
    for name, result in results.items():
        (out / f"{name}.json").write_text(result.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return Journey.model_validate(results[JOURNEYS].model_dump())


def journeys_schema() -> str:
    """JSON schema of `journeys.yaml`, for editors that complete and check while one types."""
    schema = WrittenJourney.model_json_schema()
    del schema["properties"]["version"]
    return json.dumps(schema, indent=2) + "\n"


def _read_brand(file: Path) -> Brand:
    return read_config(file, Brand)


def read_mappings(file: Path) -> Mappings:
    """The merchant's own reading of vendor codes; none when there is no such file. Raises as `read_config` does."""
    return read_config(file, WrittenMappings) if file.exists() else Mappings()


def _judged(error: ValidationError) -> list[Flaw]:
    """Path and sentence of each; a list that is too short only because its entries are wrong is not told."""
    found = error.errors(include_url=False, include_input=False)
    around = {one["loc"][:length] for one in found for length in range(len(one["loc"]))}
    told = (one for one in found if one["type"] != "too_short" or one["loc"] not in around)
    return [(tuple(part for part in one["loc"] if part != "[key]"), _sentence(one["type"], one["msg"])) for one in told]


def _all_wrong(errors: list[InvalidConfigError]) -> ExceptionGroup[InvalidConfigError]:
    return ExceptionGroup("the configuration is wrong", sorted(errors, key=lambda one: (one.file, one.line or 0)))


def _named(file: Path, line: int, path: tuple[str | int, ...], reason: str) -> InvalidConfigError:
    return InvalidConfigError(str(file), line, ".".join(map(str, path)) or "file", reason)


def _sentence(kind: str, message: str) -> str:
    plain = message.removeprefix("Value error, ")
    return _SENTENCES.get(kind, plain[:1].lower() + plain[1:])
