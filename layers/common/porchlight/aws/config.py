"""The merchant's published config in the data bucket."""

import time
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.domain.brand import Brand
from porchlight.domain.journeys import Journey
from porchlight.domain.mappings import Mappings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONFIG_SECONDS = 60.0


class S3Config:
    """The `Config` port: what `make publish` put there, read again after a minute."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._held: dict[str, tuple[float, bytes]] = {}

    def journey(self) -> Journey:
        """`config/journeys.json`. Raises `TransientError` or `PermanentError` when nothing is published."""
        return Journey.model_validate_json(self._read("config/journeys.json"))

    def brand(self) -> Brand:
        """`config/brand.json`."""
        return Brand.model_validate_json(self._read("config/brand.json"))

    def mappings(self) -> Mappings:
        """`config/mappings.json`; it may be missing where a folder was published by an older version."""
        return Mappings.model_validate_json(self._read("config/mappings.json", missing=b"{}"))

    def _read(self, key: str, missing: bytes = b"") -> bytes:
        read_at, body = self._held.get(key, (0.0, b""))
        if not body or time.monotonic() - read_at > CONFIG_SECONDS:
            with translated(f"reading of {key}"):
                body = self._fetched(key, missing)
            self._held[key] = (time.monotonic(), body)
        return body

    def _fetched(self, key: str, missing: bytes) -> bytes:
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except self._client.exceptions.NoSuchKey:
            if not missing:
                raise
            return missing
