"""What a run comes to: the object of the last line, and of docs/conformance.json."""

from porchlight.domain.model import Value

Counts = dict[str, dict[str, int]]
"""By field: how many are right, differ for a documented reason, are wrong."""


class CarrierFigures(Value):
    """One plug-in."""

    bodies: int
    fields: Counts


class StoreFigures(Value):
    """One store, whose bodies come without expectations.

    Attributes:
        nothing: Deliveries that are not about an order.
        reasons: Why deliveries were refused, and how many for that reason.
    """

    deliveries: int
    read: int
    nothing: int
    refused: int
    reasons: dict[str, int]


class Figures(Value):
    """A run.

    Attributes:
        bodies: In the folder.
        read: Those with a plug-in.
        not_covered: Folders without a plug-in.
        words_not_compared: Status words that no vocabulary knows.
        clean: Whether the targets hold.
    """

    bodies: int
    read: int
    fields: Counts
    status_share: float
    carriers: dict[str, CarrierFigures]
    not_covered: tuple[str, ...]
    words_not_compared: tuple[str, ...]
    stale_exceptions: tuple[str, ...]
    stores: dict[str, StoreFigures]
    clean: bool
