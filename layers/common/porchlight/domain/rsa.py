"""Webhooks signed with RSA-SHA256 (PKCS #1 v1.5) under a public key that the sender shows as JWK, JWK set or PEM.

Checking holds no secret, so nothing can leak by its timing: one modular power, and one comparison with the only padding
that is right. The usual library would bring a compiled OpenSSL into the layer and every cold start for this alone.
"""

import hashlib
import re
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
_PEM = re.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----")
_RSA = bytes.fromhex("06092a864886f70d0101010500")
_SEQUENCE, _BITS, _INTEGER = 0x30, 0x03, 0x02
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
        key_sets: Published keys as JSON, `{"keys": […]}` or one key alone, or one in PEM (`BEGIN PUBLIC KEY`), which is
            called by an empty text; none configured means refused.
        signed: The bytes it covers.
    """
    keys = [key for text in key_sets for key in _keys(text) if key.kid == key_id and key.is_usable]
    if not any(_made_by(key, given, signed) for key in keys):
        raise InvalidSignatureError


def _keys(text: str) -> tuple[_Key, ...]:
    if pem := _PEM.fullmatch(text.strip()):
        return _in_pem(pem[1])
    try:
        return _Keys.model_validate_json(text).keys
    except ValidationError:
        pass
    try:
        return (_Key.model_validate_json(text),)
    except ValidationError:
        return ()


def _in_pem(text: str) -> tuple[_Key, ...]:
    """One key in X.509's form (RFC 5280, 4.1.2.7), or none."""
    try:
        outer, _ = _part(b64decode("".join(text.split()), validate=True), _SEQUENCE)
        algorithm, rest = _part(outer, _SEQUENCE)
        bits, _ = _part(rest, _BITS)
        numbers, _ = _part(bits[1:], _SEQUENCE)
        modulus, rest = _part(numbers, _INTEGER)
        exponent, _ = _part(rest, _INTEGER)
    except ValueError:
        return ()
    key = _Key(n=int.from_bytes(modulus), e=int.from_bytes(exponent))
    return (key,) if algorithm == _RSA else ()


def _part(der: bytes, tag: int) -> tuple[bytes, bytes]:
    """The first part, which has this tag, and what follows it. Raises `ValueError`."""
    if len(der) < 2 or der[0] != tag:  # noqa: PLR2004 tag and length
        message = "not such a part"
        raise ValueError(message)
    longer = der[1] & 0x7F if der[1] & 0x80 else 0
    size = int.from_bytes(der[2 : 2 + longer]) if longer else der[1]
    start = 2 + longer
    return der[start : start + size], der[start + size :]


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
