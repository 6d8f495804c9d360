"""Order lines as a message may show them: single lines of bounded length, links that are https or empty."""

from collections.abc import Sequence

from porchlight.domain.fulfilments import PackedItem
from porchlight.domain.orders import Item
from porchlight.domain.plain import link, plain_line
from porchlight.domain.view import ItemView, item_view

MAX_ITEMS = 20
_TITLE = 80


def shown(items: Sequence[ItemView], limit: int = MAX_ITEMS) -> tuple[ItemView, ...]:
    """The first of them, harmless."""
    return tuple(
        item.model_copy(
            update={
                "title": plain_line(item.title, _TITLE),
                "variant": plain_line(item.variant, _TITLE),
                "image_url": link(item.image_url),
            }
        )
        for item in items[:limit]
    )


def packed(items: Sequence[PackedItem], lines: dict[str, Item]) -> list[ItemView]:
    """So many of each order line, as far as the order knows them; `lines` by line id."""
    return [item_view(lines[one.line_id], one.quantity) for one in items if one.line_id in lines]
