"""The SDK's errors, translated to ours in one place, by code and never by text."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from porchlight.domain.errors import ConflictError, PermanentError, RateLimitedError, TransientError

_LOST_RACE = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})
_BUSY = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "SlowDown",
        "RequestThrottled",
    }
)
_SERVER_ERROR = 500


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Run a call; its `ClientError` leaves as one of ours.

    Args:
        what: The call in words, for the error's text; no personal data.
    """
    try:
        yield
    except ClientError as error:
        raise translation(error, what) from error
    except BotoCoreError as error:
        message = f"{what}: {type(error).__name__}"
        raise TransientError(message) from error


def translation(error: ClientError, what: str) -> ConflictError | RateLimitedError | TransientError | PermanentError:
    """Our error for theirs."""
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    message = f"{what}: {code}"
    if code == "TransactionCanceledException":
        reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
        lost = {"ConditionalCheckFailed", "TransactionConflict"} & reasons
        return ConflictError(message) if lost else TransientError(message)
    if code in _LOST_RACE:
        return ConflictError(message)
    if code in _BUSY:
        return RateLimitedError(message)
    return (
        TransientError(message)
        if status >= _SERVER_ERROR or code == "TransactionInProgressException"
        else PermanentError(message)
    )
