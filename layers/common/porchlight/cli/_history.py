"""Orders to replay a journey over: from a deployed stack, from a file of facts, or from carriers' bodies in a folder.

A file has one order a line, as `journeys history` prints them: facts without anybody's name or address. A folder has
`<carrier code>/<any file>`; each body that can be read becomes an order that was placed a day before its first scan.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from porchlight.aws.deployment import Deployment
from porchlight.cli import CommandError
from porchlight.domain.errors import PorchlightError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.facts import OrderFacts, order_id_of
from porchlight.domain.fulfilments import FulfilmentSnapshot, PackedItem, Parcel
from porchlight.domain.orders import Item, OrderSnapshot
from porchlight.domain.replay import without_names
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.tracking import TrackingUpdate, normal_number
from porchlight.plugins import CARRIERS, Carrier

PAGE = 100
_DAY = timedelta(days=1)
_SAMPLE = "sample"


def of_stack(stack: Deployment, most: int) -> Iterator[OrderFacts]:
    """Orders of every shop of a stack, without personal data."""
    left = most
    for shop in stack.shops():
        after = ""
        while left > 0:
            page = stack.privacy().of_shop(shop, after=after, limit=min(PAGE, left))
            for order_id in page:
                record = stack.orders().read(order_id)
                if record:
                    yield without_names(record.facts)
            left -= len(page)
            if len(page) < PAGE:
                break
            after = page[-1]


def of_path(path: Path) -> Iterator[OrderFacts]:
    """Orders of a file or a folder. Raises `CommandError` for a file that is none."""
    if path.is_dir():
        yield from (facts for file in sorted(path.rglob("*")) if file.is_file() for facts in _of_body(file))
        return
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: can not be read"
        raise CommandError(message) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _of_line(path, number, line)


def _of_line(path: Path, number: int, line: str) -> OrderFacts:
    try:
        return OrderFacts.model_validate_json(line)
    except ValidationError as error:
        message = f"{path}:{number}: not an order as `journeys history` prints it"
        raise CommandError(message) from error


def _of_body(file: Path) -> Iterator[OrderFacts]:
    code = file.parent.name
    if code not in CARRIERS.codes() or ".expected." in file.name:
        return
    for index, update in enumerate(_read(CARRIERS.get(code), file.read_bytes())):
        if update.events:
            yield _ordered(f"{code}/{file.stem}#{index}", update)


def _read(carrier: Carrier, body: bytes) -> list[TrackingUpdate]:
    now = datetime.now(UTC)
    pushed = WebhookRequest(headers={}, body=body, path="", received_at=now)
    try:
        return carrier.parse_tracking(body, received_at=now)
    except PorchlightError:
        pass
    try:
        return carrier.parse_webhook(pushed)
    except PorchlightError:
        return []


def _ordered(name: str, update: TrackingUpdate) -> OrderFacts:
    """An order of one item that this parcel could belong to."""
    first = min(event.occurred_at for event in update.events)
    last = max(event.occurred_at for event in update.events)
    number = normal_number(update.tracking_number) or name
    order = OrderSnapshot(
        vendor_order_id=name, number=name, updated_at=first - _DAY, placed_at=first - _DAY, items=(_ITEM,)
    )
    packed = FulfilmentSnapshot(
        fulfilment_id="1",
        updated_at=first - _DAY / 2,
        created_at=first - _DAY / 2,
        parcels=(Parcel(tracking_number=number, carrier=update.carrier),),
        items=(PackedItem(line_id=_ITEM.line_id),),
    )
    facts = OrderFacts(
        order_id=order_id_of(_SAMPLE, _SAMPLE, name), store=_SAMPLE, connection=_SAMPLE, vendor_order_id=name
    )
    store = StoreUpdate(source=_SAMPLE, vendor_order_id=name, topic=_SAMPLE, order=order, fulfilments=(packed,))
    said = update.model_copy(update={"tracking_number": number, "reported_at": last})
    return facts.with_store_update(store).with_tracking_update(said)


_ITEM = Item(line_id="1", title="Sample")
