"""DynamoDB's attribute notation and the keys of every item: nothing outside `aws/` knows either.

| collection          | item               | what |
|---------------------|--------------------|------|
| `order#<order id>`  | `facts`            | everything said about an order, packed, with its version |
|                     | `decision#<id>`    | one ledger row; its message's state beside it |
|                     | `poll#<number>`    | one watched parcel |
|                     | `timer`            | when to look at the order again |
| `number#<number>`   | `order#<order id>` | a tracking number leads to its orders |
|                     | `parked#<digest>`  | an update of a parcel no order claims yet |
| `lookup#<digest>`   | `order`            | order number and e-mail lead to an order |
| `named#<number>`    | `order#<order id>` | the merchant's order number leads to it |
| `shop#<connection>` | `order#<order id>` | the list of a shop's orders |
|                     | `closed`           | the shop was to be erased: nothing is learned from it any more |
| `privacy`           | `<privacy id>`     | a request about personal data |
| `cursor#<shard>`    | `cursor`           | how far a due shard was released |
| `lane#<lane>#<n>`   | `<digest>`         | one parcel on a lane, in shards |
| `lanes`             | `<lane>`           | a lane as of its last look, with its incident |
| `unmapped`          | `<source>#<code>`  | a vendor code that nobody has named yet, with its count and an example |
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from porchlight.aws import packing
from porchlight.domain.times import to_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

type Attribute = "AttributeValueTypeDef"
type Item = dict[str, Attribute]
type ReadItem = Mapping[str, Attribute]

FACTS = "facts"
TIMER = "timer"
DECISION = "decision#"
POLL = "poll#"


def key(collection: str, item: str) -> Item:
    """A primary key."""
    return {"collection": text(collection), "item": text(item)}


def order_key(order_id: str, item: str) -> Item:
    """Key of one item of an order."""
    return key(f"order#{order_id}", item)


def text(value: str) -> Attribute:
    """A string attribute."""
    return {"S": value}


def number(value: float) -> Attribute:
    """A number attribute."""
    return {"N": repr(value)}


def moment(value: datetime) -> Attribute:
    """A time, as text whose order is the order of time."""
    return {"S": to_text(value)}


def packed(json_text: str) -> Attribute:
    """JSON, compressed: write units are per kilobyte of the whole item."""
    return {"B": packing.packed(json_text)}


def unpacked(attribute: Attribute) -> str:
    """The reverse of `packed`."""
    return packing.unpacked(bytes(attribute["B"]))


def due(shard: str, due_at: datetime) -> Item:
    """Attributes that put an item into the due index."""
    return {"due_shard": text(shard), "due_at": moment(due_at)}
