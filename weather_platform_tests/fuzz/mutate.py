"""From good inputs to hostile ones: cut, spliced, bent, and with values that nobody expects.

Belongs here: mutation, reproducible from a seed. Does not: what is fed with it.
"""

import random
from collections.abc import Sequence
from typing import Any

import orjson

TOKENS = (
    *(
        b"null",
        b"NaN",
        b"1e999",
        b"-0",
        b"9" * 400,
        b'""',
        b'"\\ud800"',
        b"[" * 500,
        b"{}",
        b"\xff\xfe",
        b"\0",
    ),
    *(
        b"true",
        b"0x10",
        b"1_000",
        b"\r",
        b"\n",
        b'"',
        b"'",
        b",",
        b";",
        b":",
        b"\t",
        b"&a [*a]",
        b"!!python/x",
    ),
    *(b"<html>", b"%s", b"-9999", b"+inf", b"2026-02-30T25:61:61", b"P999999999D", b"\xe2\x80\xae", b"=1+1"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**53, 2**63 - 1, -(2**63), 1e308, -1e308, 5e-324, 0.1),
    *(
        "",
        " ",
        "12",
        "-7.5",
        "1e5",
        "NaN",
        "x" * 3000,
        "\u202e",
        "2026-08-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ),
    *([], {}, [[]], [None], {"value": {}}, [1, "a", None], ["2026-08-01T00:00"]),
)


def mutated(seeds: Sequence[bytes], seed: int) -> bytes:
    """One input made of the seeds (JSON or anything else) by one to four changes."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    data = rng.choice(seeds)
    for _ in range(rng.randint(1, 4)):
        change = rng.choice((_bent, _bent, _cut, _flipped, _inserted, _repeated, _spliced))
        data = change(data, seeds, rng)
    return data[:200_000]


def _span(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice((1, 2, 8, 64, 1024)))


def _cut(data: bytes, _seeds: Sequence[bytes], rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] if rng.random() < 0.3 else data[:start] + data[end:]


def _flipped(data: bytes, _seeds: Sequence[bytes], rng: random.Random) -> bytes:
    if not data:
        return data
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 4, 32))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _inserted(data: bytes, _seeds: Sequence[bytes], rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + rng.choice(TOKENS) + data[rng.choice((start, end)) :]


def _repeated(data: bytes, _seeds: Sequence[bytes], rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[start:end] * rng.choice((2, 3, 50)) + data[end:]


def _spliced(data: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    other = rng.choice(seeds)
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


def _bent(data: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """Change a value somewhere in JSON; anything else has a token put in."""
    try:
        tree = orjson.loads(data)
        return orjson.dumps(_walked(tree, rng))
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return _inserted(data, seeds, rng)


def _walked(node: Any, rng: random.Random) -> Any:
    if not isinstance(node, dict | list) or not node or rng.random() < 0.1:
        return rng.choice(VALUES)
    key: Any = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
    match rng.randrange(12):
        case 0:
            del node[key]
        case 1 if isinstance(node, dict):
            node[str(rng.choice(VALUES))[:50]] = node.pop(key)
        case 1 if isinstance(node, list):
            node.append(node[key])
        case 2:
            other = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
            node[key], node[other] = node[other], node[key]
        case _:
            node[key] = _walked(node[key], rng)
    return node
