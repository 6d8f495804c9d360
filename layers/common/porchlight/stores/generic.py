"""The generic store: any shop that can send Porchlight's own messages; see docs/generic-store.md.

Push only. Standard Webhooks: a secret that begins with `whsec_` is the base64 of the key, as that standard has it; any
other secret is the key itself. The body names its topic. Times carry their offset; what happened to a parcel may be
told less precisely. A message that is not as documented is refused whole, and the error names the first wrong field.
"""

import json
from base64 import b64decode
from binascii import Error
from typing import Annotated

from pydantic import Field, RootModel

from porchlight.stores._generic_format import CODE, KIND_OF, OrderChanged, PrivacyAsked
from porchlight.stores._roles import Unread
from porchlight.stores._standard import StandardStore

PREFIX = "whsec_"


class Message(RootModel[Annotated[OrderChanged | PrivacyAsked, Field(discriminator="topic")]]):
    """A message to Porchlight's generic store."""


class Generic(StandardStore, Unread):
    """The plug-in."""

    def key(self, secret: str) -> bytes:
        """Decoded when it is written as the standard writes it; never empty."""
        text = secret.encode()
        if not secret.startswith(PREFIX):
            return text
        try:
            return b64decode(secret.removeprefix(PREFIX), validate=True) or text
        except (Error, ValueError):  # ValueError: no ASCII
            return text


def schema() -> str:
    """JSON schema of every message, as it is published."""
    return json.dumps(Message.model_json_schema(), indent=2) + "\n"


PLUGIN = Generic(
    code=CODE,
    name="Generic store",
    topic_field="topic",
    bodies={"order.changed": OrderChanged} | dict.fromkeys(KIND_OF, PrivacyAsked),
)
