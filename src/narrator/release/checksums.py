"""Cyclic checksums as FLAC has them: most significant bit first, from zero (RFC 9639, 9.1.8 and 9.3)."""

from __future__ import annotations

from functools import cache

HEADER = 8, 0x07
"""Of a frame's header: width and polynomial, x^8 + x^2 + x + 1."""

FRAME = 16, 0x8005
"""Of a whole frame: x^16 + x^15 + x^2 + 1."""

_PERIOD = 32_767
"""After so many zero bytes the checksum of a frame is what it was: the order of x modulo its polynomial."""


def checksum(data: bytes, kind: tuple[int, int]) -> int:
    """The checksum of `data`."""
    width, polynomial = kind
    table, value, mask, shift = _table(width, polynomial), 0, (1 << width) - 1, width - 8
    for byte in data:
        value = (value << 8 & mask) ^ table[value >> shift ^ byte]
    return value


def behind(value: int, count: int) -> int:
    """What a frame's checksum `value` becomes when `count` zero bytes follow."""
    power, product = _powers()[count % _PERIOD], 0
    width, polynomial = FRAME
    while value:
        if value & 1:
            product ^= power
        value >>= 1
        power = power << 1 ^ (1 << width | polynomial if power >> width - 1 else 0)
    return product


@cache
def _table(width: int, polynomial: int) -> tuple[int, ...]:
    top, mask, table = 1 << width - 1, (1 << width) - 1, []
    for value in range(256):
        value <<= width - 8
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value & top else 0)) & mask
        table.append(value)
    return tuple(table)


@cache
def _powers() -> tuple[int, ...]:
    """x^(8n) modulo the polynomial of a frame, by n."""
    width, polynomial = FRAME
    table, powers = _table(width, polynomial), [1]
    while len(powers) < _PERIOD:
        last = powers[-1]
        powers.append((last << 8 & 0xFFFF) ^ table[last >> 8])
    return tuple(powers)
