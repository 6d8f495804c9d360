"""The base of every value that crosses a boundary or is stored: frozen, and lenient about fields it does not know.

Producer and consumer deploy at different moments, so an unknown field is ignored and a missing one has a default (F58).
"""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value. Subclasses that read vendor JSON, queue messages or stored items need nothing more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class StrictValue(BaseModel):
    """A frozen value for what a merchant writes: a field we do not know is an error, not a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid")
