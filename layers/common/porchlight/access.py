"""How a vendor's API is entered: its address, OAuth 2 client credentials (RFC 6749, 4.4), keys without tokens."""

from base64 import b64encode
from urllib.parse import urlencode

from pydantic import Field

from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Credentials, HttpRequest, Token
from porchlight.domain.model import Value
from porchlight.domain.reading import read_json

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class _Answer(Value):
    access_token: str = Field(min_length=1)
    expires_in: float = Field(gt=0, allow_inf_nan=False)


def base_url(credentials: Credentials, default: str) -> str:
    """Where the vendor is called: its own address, or the connection's `base_url` (a sandbox, a test double)."""
    return credentials.get("base_url", default).rstrip("/")


def form_request(url: str, client_id: str, client_secret: str) -> HttpRequest:
    """Ask for a token with the credentials in the body."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    return HttpRequest(method="POST", url=url, headers=_FORM, body=urlencode(form).encode())


def basic_request(url: str, client_id: str, client_secret: str) -> HttpRequest:
    """Ask for a token with the credentials in the Authorization header."""
    headers = {**_FORM, "Authorization": f"Basic {b64encode(f'{client_id}:{client_secret}'.encode()).decode()}"}
    return HttpRequest(method="POST", url=url, headers=headers, body=b"grant_type=client_credentials")


def read_token(vendor: str, body: bytes) -> Token:
    """Read the answer; some vendors write the lifetime as text. Raises `MalformedPayloadError`."""
    answer = read_json(vendor, _Answer, body)
    return Token(value=answer.access_token, expires_in=answer.expires_in)


class Coded:
    """Anything with a plug-in code."""

    code: str


class Keyed(Coded):
    """The key itself goes with each call."""

    def token_request(self, credentials: Credentials) -> HttpRequest | None:  # noqa: ARG002 nothing to ask for
        """None."""
        return None

    def parse_token(self, body: bytes) -> Token:  # noqa: ARG002 never asked for
        """Raise `MalformedPayloadError`, as there is no token to read."""
        raise MalformedPayloadError(self.code, "body", "this vendor has no tokens")


class OAuth(Coded):
    """The usual answer to a token request."""

    def parse_token(self, body: bytes) -> Token:
        """Read it. Raises `MalformedPayloadError`."""
        return read_token(self.code, body)
