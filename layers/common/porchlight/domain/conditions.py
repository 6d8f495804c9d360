"""Conditions of touchpoints and segments, written in CEL, the Common Expression Language (https://cel.dev).

A condition is checked where it is written: unknown names, wrong types and a result that is not true or false are errors
with line and column, long before a parcel is late. What is published is the checked expression; a function only reads
and evaluates it. CEL has no loops beyond the given lists, no I/O and no clock, so that it always ends.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any

from porchlight.domain.errors import PorchlightError
from porchlight.domain.rule_facts import FACTS, SEGMENT, Facts, Kind

LONGEST = 1000
"""Characters of one condition."""


class ConditionError(PorchlightError):
    """A condition that can not be used; the text says what is wrong and where."""


class ConditionFailedError(PorchlightError):
    """A condition that was right when it was checked and could not be evaluated for this order."""


def checked(text: str, segments: tuple[str, ...] = ()) -> str:
    """The condition in the form that is published. Raises `ConditionError`.

    Args:
        text: CEL over the names of `rule_facts.FACTS`.
        segments: Names that may be used as `segment.<name>`.
    """
    if len(text) > LONGEST:
        message = f"longer than {LONGEST} characters"
        raise ConditionError(message)
    try:
        expression = _environment(segments).compile(text)
    except RuntimeError as error:
        raise ConditionError(_plain(str(error)) + _hint(str(error))) from None
    if expression.return_type() != _cel().Type.BOOL:
        message = f"gives {expression.return_type().name()} where true or false is needed"
        raise ConditionError(message)
    return b64encode(expression.serialize()).decode()


def holds(program: str, facts: Facts, segments: tuple[str, ...] = ()) -> bool:
    """Whether a published condition holds. Raises `ConditionFailedError` when it can not be told.

    `program` is what `checked` returned; `facts` has a value for every name of `FACTS` and for each of `segments`.
    """
    expression, names = _program(program, segments)
    result = expression.eval(data={name: facts[name] for name in names})
    if result.type() != _cel().Type.BOOL:
        raise ConditionFailedError(_plain(str(result.value() if hasattr(result, "value") else result)))
    return bool(result.value())


def looks_at(program: str, segments: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The facts and segments that a published condition looks at, `segment.<name>` the latter."""
    return _program(program, segments)[1]


@cache
def _cel() -> Any:
    from cel_expr_python import cel  # noqa: PLC0415 six milliseconds that a journey without conditions does not pay

    return cel


@cache
def _environment(segments: tuple[str, ...]) -> Any:
    kinds: Mapping[str, Kind] = FACTS | {f"{SEGMENT}{name}": Kind.BOOL for name in segments}
    return _cel().NewEnv(variables={name: _type(kind) for name, kind in kinds.items()})


@cache
def _program(program: str, segments: tuple[str, ...]) -> tuple[Any, tuple[str, ...]]:
    """The expression, and the facts that it looks at: handing over all of them takes longer than evaluating it."""
    raw = b64decode(program)
    known = (*FACTS, *(f"{SEGMENT}{name}" for name in segments))
    return _environment(segments).deserialize(raw), tuple(name for name in known if name.encode() in raw)


def _type(kind: Kind) -> Any:
    types = _cel().Type
    return {
        Kind.BOOL: types.BOOL,
        Kind.INT: types.INT,
        Kind.NUMBER: types.DOUBLE,
        Kind.TEXT: types.STRING,
        Kind.TEXTS: types.List(types.STRING),
        Kind.PARCELS: types.List(types.Map(types.STRING, types.DYN)),
    }[kind]


def _hint(message: str) -> str:
    """What nearly everybody who meets this error meant."""
    return "; write a decimal number: 100.0" if "(double, int)" in message or "(int, double)" in message else ""


def _plain(message: str) -> str:
    """The library's sentence in one line, without its own prefix and drawing."""
    lines = [line for line in message.splitlines() if not line.startswith(" |")]
    return (
        " ".join(lines).replace("INVALID_ARGUMENT: ERROR: <input>:", "at ").replace(" [INVALID_ARGUMENT]", "").strip()
    )
