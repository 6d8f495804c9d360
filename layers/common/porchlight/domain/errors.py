"""Every error Porchlight raises on purpose, and who must act on it.

PorchlightError
├── TransientError                 try again later; the queue or the schedule does
│   ├── RateLimitedError           the other side named, or implied, a pause
│   ├── ConflictError              another writer was first: read again, fold again
│   ├── OutcomeUnknownError        the effect may have happened; only its receipt was lost
│   └── ChannelSuspendedError      the whole channel is paused by its provider: keep everything, alarm once
└── PermanentError                 trying again changes nothing
    ├── InvalidSignatureError      not from who it says: refuse
    ├── UnknownPluginError         no such store, carrier or channel
    ├── MalformedPayloadError      the vendor's bytes do not have the documented shape
    ├── UnknownParcelError         the carrier does not know this number (yet)
    ├── RefusedCredentialsError    the merchant must renew the connection
    ├── RejectedRecipientError     this address can not be written to
    ├── RenderError                a template failed, ran too long or grew too large
    └── InvalidConfigError         a file in config/ is wrong; says file, line and field
"""


class PorchlightError(Exception):
    """Root of all errors raised on purpose."""


class TransientError(PorchlightError):
    """Worth another try.

    Args:
        message: What happened, without personal data.
        retry_after: Seconds the other side asked us to wait; `None` when it did not say.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimitedError(TransientError):
    """A call limit was met, ours or theirs. The call had no effect."""


class ConflictError(TransientError):
    """A conditional write lost the race."""


class OutcomeUnknownError(TransientError):
    """The request left, the answer never came: it may or may not have taken effect."""


class ChannelSuspendedError(TransientError):
    """The provider has paused the whole account; nothing was sent.

    Args:
        message: As its base says.
        for_this_one: Only for this message; others may leave.
    """

    def __init__(self, message: str, *, for_this_one: bool = False) -> None:
        super().__init__(message)
        self.for_this_one = for_this_one


class PermanentError(PorchlightError):
    """Another try gives the same result."""


class InvalidSignatureError(PermanentError):
    """The sender could not be proved. Carries no detail on purpose: it must not help a forger."""


class UnknownPluginError(PermanentError):
    """No plug-in file of this kind has this code."""


class MalformedPayloadError(PermanentError):
    """A vendor's bytes can not be read.

    Args:
        vendor: Plug-in code.
        field: Path of the offending field (`trackResponse.shipment.0`), or `body`.
        reason: What is wrong with it, without quoting the value.
    """

    def __init__(self, vendor: str, field: str, reason: str) -> None:
        super().__init__(f"{vendor}: {field}: {reason}")
        self.vendor = vendor
        self.field = field
        self.reason = reason


class UnknownParcelError(PermanentError):
    """The carrier answered properly that it does not know this number."""


class RefusedCredentialsError(PermanentError):
    """The vendor refused our key, token or account."""


class RejectedRecipientError(PermanentError):
    """The channel will never deliver to this recipient."""


class RenderError(PermanentError):
    """A message template could not be rendered within its limits."""


class InvalidConfigError(PermanentError):
    """A merchant's file is wrong.

    Args:
        file: File name as the merchant knows it.
        line: First line of the offending entry, counted from 1; `None` when the file is not readable at all.
        field: Dotted path of the entry.
        reason: What is expected there.
    """

    def __init__(self, file: str, line: int | None, field: str, reason: str) -> None:
        super().__init__(f"{file}:{line or 1}: {field}: {reason}")
        self.file = file
        self.line = line
        self.field = field
        self.reason = reason
