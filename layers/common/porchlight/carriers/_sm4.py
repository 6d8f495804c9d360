"""The block cipher SM4 (GB/T 32907-2016), as Chinese vendors use it: blocks one by one, padded as PKCS 7 says.

Not a plug-in. It keeps no secret of ours: such vendors use it in place of a signature, inside TLS.
"""

from itertools import batched

BLOCK = 16
_S_BOX = bytes.fromhex(
    "d690e9fecce13db716b614c228fb2c052b679a762abe04c3aa44132649860699"
    "9c4250f491ef987a33540b43edcfac62e4b31ca9c908e89580df94fa758f3fa6"
    "4707a7fcf37317ba83593c19e6854fa8686b81b27164da8bf8eb0f4b70569d35"
    "1e240e5e6358d1a225227c3b01217887d40046579fd327524c3602e7a0c4c89e"
    "eabf8ad240c738b5a3f7f2cef96115a1e0ae5da49b341a55ad933230f58cb1e3"
    "1df6e22e8266ca60c02923ab0d534e6fd5db3745defd8e2f03ff6a726d6c5b51"
    "8d1baf92bbddbc7f11d95c411f105ad80ac13188a5cd7bbd2d74d012b8e5b4b0"
    "8969974a0c96777e65b9f109c56ec68418f07dec3adc4d2079ee5f3ed7cb3948"
)
_FAMILY_KEY = (0xA3B1BAC6, 0x56AA3350, 0x677D9197, 0xB27022DC)
_ROUNDS = 32
_SPREAD, _KEY_SPREAD = (0, 2, 10, 18, 24), (0, 13, 23)


def encrypted(text: bytes, key: bytes) -> bytes:
    """Encrypt `text` of any length with a key of 16 bytes."""
    missing = BLOCK - len(text) % BLOCK
    keys = _round_keys(key)
    blocks = batched(text + bytes([missing]) * missing, BLOCK, strict=True)
    return b"".join(_block(bytes(block), keys) for block in blocks)


def _block(block: bytes, keys: list[int]) -> bytes:
    words = _words(block)
    for key in keys:
        words.append(words[-4] ^ _mixed(words[-3] ^ words[-2] ^ words[-1] ^ key, _SPREAD))
    return b"".join(word.to_bytes(4) for word in reversed(words[-4:]))


def _round_keys(key: bytes) -> list[int]:
    words = [word ^ family for word, family in zip(_words(key), _FAMILY_KEY, strict=True)]
    for number in range(_ROUNDS):
        constant = int.from_bytes(bytes((4 * number + place) * 7 % 256 for place in range(4)))
        words.append(words[-4] ^ _mixed(words[-3] ^ words[-2] ^ words[-1] ^ constant, _KEY_SPREAD))
    return words[4:]


def _mixed(word: int, spread: tuple[int, ...]) -> int:
    word = int.from_bytes(word.to_bytes(4).translate(_S_BOX))
    result = 0
    for turn in spread:
        result ^= (word << turn | word >> 32 - turn) & 0xFFFFFFFF
    return result


def _words(block: bytes) -> list[int]:
    return [int.from_bytes(bytes(part)) for part in batched(block, 4, strict=True)]
