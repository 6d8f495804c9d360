"""Mails through SES v2: one call, no retry, and a clear word on whether the mail may have left.

| SES or the line says                         | error                    | the mail          |
|----------------------------------------------|--------------------------|-------------------|
| too many requests, quota used up             | `RateLimitedError`       | was not sent      |
| sending paused, account or domain not usable | `ChannelSuspendedError`  | was not sent      |
| rejected, bad request                        | `RejectedRecipientError` | never will be     |
| no connection                                | `TransientError`         | was not sent      |
| no answer, connection lost, 5xx              | `OutcomeUnknownError`    | may have been     |

An account in the sandbox rejects mails as it rejects a bad recipient; the account itself is asked which it is, so that
a shop which has not left the sandbox keeps its mails (F42). There each mail waits by itself, as those to
verified addresses leave.
"""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004 botocore's own

from porchlight.domain.errors import (
    ChannelSuspendedError,
    OutcomeUnknownError,
    PorchlightError,
    RateLimitedError,
    RejectedRecipientError,
    TransientError,
)
from porchlight.domain.messages import EmailCall, Receipt

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

_BUSY = frozenset(
    {"TooManyRequestsException", "LimitExceededException", "ThrottlingException", "Throttling", "RequestThrottled"}
)
_SUSPENDED = frozenset(
    {
        "SendingPausedException",
        "AccountSuspendedException",
        "MailFromDomainNotVerifiedException",
        "NotFoundException",  # the configuration set is gone
        "AccessDeniedException",  # the role may not send from this address
    }
)
_REJECTED = frozenset({"MessageRejected", "BadRequestException"})
_TOO_MANY_REQUESTS, _SERVER_ERROR = 429, 500


class SesTransport:
    """`Transports` on SES. The client must not retry by itself.

    Args:
        client: An SES v2 client with one attempt per call.
        configuration_set: Through which the events of each mail come back.
    """

    def __init__(self, client: "SESV2Client", *, configuration_set: str) -> None:
        self._client = client
        self._configuration_set = configuration_set

    def send_email(self, call: EmailCall) -> Receipt:
        """Send one mail. Raises as the table says."""
        try:
            answer = self._client.send_email(
                FromEmailAddress=call.sender,
                Destination={"ToAddresses": [call.to]},
                Content={"Raw": {"Data": call.raw}},
                EmailTags=[{"Name": name, "Value": value} for name, value in call.tags.items()],
                ConfigurationSetName=self._configuration_set,
            )
        except ClientError as error:
            raise self._refusal(error) from error
        except HTTPClientError as error:
            message = f"mail: {type(error).__name__}"
            raise OutcomeUnknownError(message) from error
        except (ConnectionError, BotoCoreError) as error:
            message = f"mail: {type(error).__name__}"
            raise TransientError(message) from error
        return Receipt(provider_id=answer["MessageId"])

    def _refusal(self, error: ClientError) -> PorchlightError:
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        message = f"mail: {code}"
        if code in _BUSY or status == _TOO_MANY_REQUESTS:
            return RateLimitedError(message)
        if code in _SUSPENDED:
            return ChannelSuspendedError(message)
        if status >= _SERVER_ERROR:
            return OutcomeUnknownError(message)
        if code in _REJECTED:
            return self._rejection(message)
        return TransientError(message)

    def _rejection(self, message: str) -> PorchlightError:
        """What a rejected mail means for the account; one that can not be asked is taken to be in order."""
        try:
            account = self._client.get_account()
        except (ClientError, BotoCoreError):
            return RejectedRecipientError(message)
        if not account.get("SendingEnabled", True):
            return ChannelSuspendedError(message)
        in_sandbox = not account.get("ProductionAccessEnabled", True)
        return ChannelSuspendedError(message, for_this_one=True) if in_sandbox else RejectedRecipientError(message)
