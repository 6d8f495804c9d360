"""A message's name in the provider's events, both ways."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from porchlight.domain.messages import Intent


def tag_of(intent: Intent) -> str:
    """What the provider's events carry back, in the few characters that every provider allows in a tag."""
    return f"{intent.order_id}.{urlsafe_b64encode(intent.message_id.encode()).decode().rstrip('=')}"


def intent_of(tag: str) -> Intent | None:
    """The reverse of `tag_of`; `None` for a tag that is not ours."""
    order_id, _, encoded = tag.partition(".")
    try:
        message_id = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except ValueError:
        return None
    return Intent(order_id=order_id, message_id=message_id, trace=order_id) if order_id and message_id else None
