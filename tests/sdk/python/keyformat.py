"""The key format of the contract: `yx-`, 43 base62 characters, 6 base62 characters of CRC32C over everything before."""

import itertools
import re
import string

SHAPE = re.compile(r"yx-[0-9A-Za-z]{49}")
# The contract says base62 and not in which order; a checksum that fits one spelling for every key is that spelling.
ORDERS = (
    string.digits + string.ascii_uppercase + string.ascii_lowercase,
    string.digits + string.ascii_lowercase + string.ascii_uppercase,
    string.ascii_uppercase + string.ascii_lowercase + string.digits,
)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def _spell(number, order, backwards):
    digits = []
    for _ in range(6):
        number, rest = divmod(number, 62)
        digits.append(order[rest])
    return "".join(digits if backwards else reversed(digits))


def spellings(key):
    """The spellings (alphabet order, direction) under which the checksum of `key` is right."""
    body, check = key[:46], key[46:]
    crc = crc32c(body.encode())
    return {(o, b) for o, b in itertools.product(ORDERS, (False, True)) if _spell(crc, o, b) == check}


def unknown(key):
    """A well-formed key with a right checksum that nobody was given."""
    (order, backwards), *_ = spellings(key)
    body = "yx-" + key[3:46][::-1].swapcase()
    return body + _spell(crc32c(body.encode()), order, backwards)


def damaged(key):
    """`key` with one character changed, so that its checksum is wrong."""
    return key[:20] + ("a" if key[20] != "a" else "b") + key[21:]
