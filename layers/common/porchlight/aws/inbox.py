"""Webhook bodies and carrier answers too large for a queue, in the data bucket."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Inbox:
    """The `Inbox` port. Its client is made when the first large body comes; a lifecycle rule deletes bodies."""

    def __init__(self, client: Callable[[], "S3Client"], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, body: bytes) -> None:
        """One PutObject."""
        with translated("storing of a large body"):
            self._client().put_object(Bucket=self._bucket, Key=key, Body=body)

    def get(self, key: str) -> bytes:
        """One GetObject."""
        with translated("reading of a large body"):
            return self._client().get_object(Bucket=self._bucket, Key=key)["Body"].read()
