"""Secrets by path: a connection's in one SSM SecureString, the link key in Secrets Manager.

Read once in five minutes and process. While the store is away a held secret serves for an hour more; after that nothing
is accepted unverified: the caller answers 503 (F59).
"""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.domain.errors import TransientError
from porchlight.domain.exchange import Kind
from porchlight.domain.records import ConnectionSecrets

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient

FRESH_SECONDS = 300.0
GRACE_SECONDS = 3600.0
UNKNOWN_SECONDS = 30.0
"""How long "no such connection" is believed, so that guesses of URLs do not become calls."""


class AwsSecrets:
    """The `Secrets` port.

    Args:
        path: Prefix of the connections' parameters.
        link_key: ARN of the link key's secret.
    """

    def __init__(
        self,
        ssm: Callable[[], "SSMClient"],
        secretsmanager: Callable[[], "SecretsManagerClient"],
        *,
        path: str,
        link_key: str,
    ) -> None:
        self._ssm = ssm
        self._secretsmanager = secretsmanager
        self._path = path
        self._link_key = link_key
        self._held: dict[str, tuple[float, str | None]] = {}

    def connection(self, kind: Kind, code: str, connection: str) -> ConnectionSecrets | None:
        """One GetParameter when not held."""
        if not connection.isalnum() or not connection.isascii():
            return None
        found = self._cached(f"{self._path}/{kind.value}/{code}/{connection}", self._parameter)
        return ConnectionSecrets.model_validate_json(found) if found else None

    def link_keys(self) -> Sequence[str]:
        """The key now; rotation appends the former one on a second line."""
        found = self._cached(self._link_key, self._secret)
        return found.split() if found else []

    def _cached(self, name: str, read: Callable[[str], str | None]) -> str | None:
        now = time.monotonic()
        read_at, value = self._held.get(name, (float("-inf"), None))
        age = now - read_at
        if age <= (FRESH_SECONDS if value else UNKNOWN_SECONDS):
            return value
        try:
            value = read(name)
        except TransientError:
            if value and age <= GRACE_SECONDS:
                return value
            raise
        self._held[name] = (now, value)
        return value

    def _parameter(self, name: str) -> str | None:
        client = self._ssm()
        with translated("read of a connection's secrets"):
            try:
                return client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
            except client.exceptions.ParameterNotFound:
                return None

    def _secret(self, arn: str) -> str | None:
        with translated("read of the link key"):
            return self._secretsmanager().get_secret_value(SecretId=arn)["SecretString"]
