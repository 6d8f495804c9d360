"""F59: secrets while their store is there, slow, away for long, and back."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from porchlight.aws import secrets as module
from porchlight.aws.secrets import FRESH_SECONDS, GRACE_SECONDS, UNKNOWN_SECONDS, AwsSecrets
from porchlight.domain.errors import TransientError
from porchlight.domain.exchange import Kind
from porchlight.domain.records import ConnectionSecrets


class _NotFoundError(Exception):
    pass


class Store:
    """Parameters and secrets by name; counts how often it is asked."""

    exceptions = SimpleNamespace(ParameterNotFound=_NotFoundError)

    def __init__(self, **held: str) -> None:
        self.held = held
        self.asked = 0
        self.trouble: Exception | None = None

    def get_parameter(self, Name: str, WithDecryption: bool) -> dict[str, Any]:  # noqa: N803 the SDK's names
        assert WithDecryption
        return {"Parameter": {"Value": self._read(Name.rpartition("/")[2])}}

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 the SDK's name
        return {"SecretString": self._read(SecretId)}

    def _read(self, name: str) -> str:
        self.asked += 1
        if self.trouble:
            raise self.trouble
        if name not in self.held:
            raise _NotFoundError
        return self.held[name]


AWAY = (
    EndpointConnectionError(endpoint_url="https://ssm.example"),
    ClientError({"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "GetParameter"),  # type: ignore[arg-type,typeddict-item]  # as much of it as is read
    ClientError({"Error": {"Code": "InternalServerError"}, "ResponseMetadata": {"HTTPStatusCode": 500}}, "GetParameter"),  # type: ignore[arg-type,typeddict-item]  # as much of it as is read
)  # fmt: skip


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: now.seconds)
    return now


def _secrets(store: Store) -> AwsSecrets:
    return AwsSecrets(lambda: store, lambda: store, path="/porchlight/p", link_key="key")  # type: ignore[arg-type,return-value]  # what of the clients is used


def _connection(secrets: AwsSecrets, name: str = "shop") -> ConnectionSecrets | None:
    return secrets.connection(Kind.STORES, "shopify", name)


def test_a_connections_secrets_are_read_once_in_five_minutes(clock: SimpleNamespace) -> None:
    store = Store(shop='{"webhook_secrets":["new","old"]}')
    secrets = _secrets(store)

    assert _connection(secrets) == ConnectionSecrets(webhook_secrets=("new", "old"))
    clock.seconds += FRESH_SECONDS
    _connection(secrets)
    assert store.asked == 1
    clock.seconds += 1
    store.held["shop"] = '{"webhook_secrets":["new"]}'
    assert _connection(secrets) == ConnectionSecrets(webhook_secrets=("new",))


@pytest.mark.parametrize("trouble", AWAY, ids=range(3))
def test_held_secrets_serve_while_the_store_is_away_and_no_longer_than_their_grace(
    clock: SimpleNamespace, trouble: Exception
) -> None:
    store = Store(shop='{"webhook_secrets":["s"]}')
    secrets = _secrets(store)
    _connection(secrets)
    store.trouble = trouble

    clock.seconds += GRACE_SECONDS
    assert _connection(secrets) == ConnectionSecrets(webhook_secrets=("s",))
    clock.seconds += 1
    with pytest.raises(TransientError):
        _connection(secrets)
    store.trouble = None
    assert _connection(secrets) == ConnectionSecrets(webhook_secrets=("s",))


@pytest.mark.parametrize("trouble", AWAY, ids=range(3))
def test_secrets_never_read_are_not_taken_for_absent(clock: SimpleNamespace, trouble: Exception) -> None:
    store = Store()
    store.trouble = trouble

    with pytest.raises(TransientError):
        _connection(_secrets(store))


def test_an_unknown_connection_is_believed_for_half_a_minute(clock: SimpleNamespace) -> None:
    store = Store()
    secrets = _secrets(store)

    assert _connection(secrets) is None
    clock.seconds += UNKNOWN_SECONDS
    assert _connection(secrets) is None
    assert store.asked == 1
    store.held["shop"] = "{}"
    clock.seconds += 1
    assert _connection(secrets) == ConnectionSecrets()


@pytest.mark.parametrize("name", ["", "../other", "a/b", "a b", "ä", "shop\n", "*"])
def test_a_name_that_we_never_gave_out_is_not_even_asked_for(clock: SimpleNamespace, name: str) -> None:
    store = Store(**{name: "{}"})

    assert _connection(_secrets(store), name) is None
    assert store.asked == 0


def test_link_keys_are_newest_first_and_survive_the_stores_absence(clock: SimpleNamespace) -> None:
    store = Store(key="newer\nolder\n")
    secrets = _secrets(store)
    assert list(secrets.link_keys()) == ["newer", "older"]

    store.trouble = AWAY[0]
    clock.seconds += GRACE_SECONDS
    assert list(secrets.link_keys()) == ["newer", "older"]
