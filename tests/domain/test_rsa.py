"""Signatures under published RSA keys. Key and signature were made by openssl: `openssl dgst -sha256 -sign`."""

import json
from base64 import b64encode, urlsafe_b64encode

import pytest
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.rsa import require_rsa_signature

SIGNED = b"2026-06-01T12:00:00Z.the body"
MODULUS = int(
    "B148290E73438B800317C5898A56F856D58176E91FD8306D57A87B3945278503EA53EE16D49D97BB91B7353BEF91D3933A1B"
    "2901F8874BBFE4F5B21CE3C6AC59F506DA7A43D041FC9B2BEE8BF612B1FA880AB5ED15298ACB0CA31215F3B35E9FB37249E0"
    "1AEF450F3BB18710CDCAC7D56112C7C6C3B1FB0191093CD70C27B9C40FC62BD356FBF144B81669636054E5FDF59317C29689"
    "A1A0F062111F2A1C0EADCA5D7ECF9D3503FD8D93792C372EF48321807BF84770A677F501FC9260772C22098864A12582D6CE"
    "A3D692A5981036421951D9B07BF24B14994F4EB7F167679F9329F82D40307054F01ECCFC0C13256BDE546D16FC8BB73DE47B"
    "188D7E015AAF",
    16,
)
SIGNATURE = (
    "QNTy7QQqJtudkRY0YWwPe/pKaauN8F8H4Pqe76X+Ts/GLjINzW16ySHS0n/8e6tf+Fhu2lxCMA+6VqXTQ/RK9qKbxHzAV8J+sQbR"
    "Y7+W/+r5JHE5hCCzr/AzUuKJLjslTiTO1yscB1rJ6/evIl5t/Y9XE79cnayv2sAYHAqC3h+d04hay1/K8LwBM3rLJKrBm673kqD1"
    "6TDxr9M8r+xutYzZXyWtuWPSlVdWZgZ08vugoq4iwNOwmNFFwVPyqEDtn2QXT0tA8m1spjFjT2SGmbZN1m+ttkO+Zqyfe7X8MtLR"
    "8Tmv/g5fFUgfgKEQ59riJ53Rp65heDWD89fkYLy9YA=="
)


def key(kid: str = "first", n: int = MODULUS, e: int = 65537) -> dict[str, str]:
    def text(number: int) -> str:
        return urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).decode().rstrip("=")

    return {"kty": "RSA", "kid": kid, "n": text(n), "e": text(e)}


SET = json.dumps({"keys": [key("older", MODULUS - 2), key()]})


def test_signature_is_accepted_under_its_key_in_a_set_or_alone() -> None:
    require_rsa_signature(SIGNATURE, "first", [SET], SIGNED)
    require_rsa_signature(SIGNATURE, "first", ["", json.dumps(key())], SIGNED)


@pytest.mark.parametrize(
    "key_sets", [[], [""], ["{}"], ['{"keys": []}'], ["MIIB"], ['{"keys": [{"n": "é", "e": "A"}]}']]
)
def test_nothing_is_accepted_without_a_readable_key(key_sets: list[str]) -> None:
    with pytest.raises(InvalidSignatureError):
        require_rsa_signature(SIGNATURE, "first", key_sets, SIGNED)


@pytest.mark.parametrize("key_id", ["", "older", "third"])
def test_only_the_named_key_counts(key_id: str) -> None:
    with pytest.raises(InvalidSignatureError):
        require_rsa_signature(SIGNATURE, key_id, [SET], SIGNED)


def test_other_bytes_are_refused() -> None:
    with pytest.raises(InvalidSignatureError):
        require_rsa_signature(SIGNATURE, "first", [SET], SIGNED + b" ")


@pytest.mark.parametrize("given", ["", "?", "é", SIGNATURE[:-4], SIGNATURE + "AAAA", f"{SIGNATURE}, {SIGNATURE}"])
def test_other_signatures_are_refused(given: str) -> None:
    with pytest.raises(InvalidSignatureError):
        require_rsa_signature(given, "first", [SET], SIGNED)


@pytest.mark.parametrize("weak", [key(n=MODULUS >> 1), key(e=1)], ids=["short modulus", "exponent one"])
def test_weak_key_proves_nothing(weak: dict[str, str]) -> None:
    padded = b64encode(b"\x00" * 256).decode()
    for given in (SIGNATURE, padded):
        with pytest.raises(InvalidSignatureError):
            require_rsa_signature(given, "first", [json.dumps(weak)], SIGNED)


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2)
    return bytes([tag]) + size + body


RSA_OID = bytes.fromhex("06092a864886f70d0101010500")
NUMBERS = der(0x30, der(2, b"\x00" + MODULUS.to_bytes(256)), der(2, (65537).to_bytes(3)))


def pem(algorithm: bytes = RSA_OID, numbers: bytes = NUMBERS) -> str:
    text = b64encode(der(0x30, der(0x30, algorithm), der(3, b"\x00", numbers))).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----"


def test_key_may_be_given_in_pem_and_has_no_name() -> None:
    require_rsa_signature(SIGNATURE, "", [pem() + "\n"], SIGNED)
    require_rsa_signature(SIGNATURE, "", [pem().replace("\n", "")], SIGNED)
    with pytest.raises(InvalidSignatureError):
        require_rsa_signature(SIGNATURE, "first", [pem()], SIGNED)


@pytest.mark.parametrize(
    "spoiled",
    [
        pem(algorithm=bytes.fromhex("06072a8648ce3d0201")),
        pem(numbers=NUMBERS[:40]),
        pem(numbers=b""),
        pem(numbers=der(0x30, der(2, b""), der(2, b""))),
        pem().replace("PUBLIC", "PRIVATE"),
        pem() + "x",
        pem()[:-1],
        pem().replace("A", "", 1),
        "-----BEGIN PUBLIC KEY-----MIIB-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----====-----END PUBLIC KEY-----",
    ],
)
def test_nothing_is_accepted_under_a_spoiled_pem(spoiled: str) -> None:
    with pytest.raises(InvalidSignatureError):
        require_rsa_signature(SIGNATURE, "", [spoiled], SIGNED)
