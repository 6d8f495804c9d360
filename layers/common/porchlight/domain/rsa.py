"""Webhooks signed with RSA-SHA256 (PKCS #1 v1.5) under a public key that the sender publishes as a JWK or a JWK set.

Checking holds no secret, so nothing can leak by its timing: one modular power, and one comparison with the only padding
that is right. The usual library would bring a compiled OpenSSL into the layer and every cold start for this alone.
"""

import hashlib
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Sequence
from hmac import compare_digest
from typing import Annotated

from pydantic import BeforeValidator, ValidationError

from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.model import Value

_SMALLEST_MODULUS = 1 << 2047
_LARGEST_MODULUS = 1 << 8192
_LARGEST_EXPONENT = 1 << 32
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def _number(value: object) -> object:
    return int.from_bytes(urlsafe_b64decode(f"{value}===")) if isinstance(value, str) else value


type Number = Annotated[int, BeforeValidator(_number)]


class _Key(Value):
    kid: str = ""
    n: Number
    e: Number

    @property
    def is_usable(self) -> bool:
        return _SMALLEST_MODULUS < self.n < _LARGEST_MODULUS and 1 < self.e < _LARGEST_EXPONENT


class _Keys(Value):
    keys: tuple[_Key, ...]


def require_rsa_signature(given: str, key_id: str, key_sets: Sequence[str], signed: bytes) -> None:
    """Raise `InvalidSignatureError` unless one of the keys called `key_id` made the signature.

    Args:
        given: The signature, base64.
        key_id: Which key the sender says it used.
        key_sets: Published keys as JSON, `{"keys": […]}` or one key alone; none configured means refused.
        signed: The bytes it covers.
    """
    keys = [key for text in key_sets for key in _keys(text) if key.kid == key_id and key.is_usable]
    if not any(_made_by(key, given, signed) for key in keys):
        raise InvalidSignatureError


def _keys(text: str) -> tuple[_Key, ...]:
    try:
        return _Keys.model_validate_json(text).keys
    except ValidationError:
        pass
    try:
        return (_Key.model_validate_json(text),)
    except ValidationError:
        return ()


def _made_by(key: _Key, given: str, signed: bytes) -> bool:
    size = (key.n.bit_length() + 7) // 8
    try:
        signature = b64decode(given.encode("utf-8", "surrogatepass"), validate=True)
    except ValueError:
        return False
    if len(signature) != size or int.from_bytes(signature) >= key.n:
        return False
    told = _SHA256_PREFIX + hashlib.sha256(signed).digest()
    right = b"\x00\x01" + b"\xff" * (size - len(told) - 3) + b"\x00" + told
    return compare_digest(pow(int.from_bytes(signature), key.e, key.n).to_bytes(size), right)
