#!/usr/bin/env python3
"""Verify an extract of a Hequ ledger, far from Hequ: standard library only, nothing of ours but the key.

    python3 verify_seals.py extract.json --key NAME:BASE64

The extract is what the ledger explorer or `manage.py export_ledger` hands out. It holds either one entry with
its path (a proof) or a run of seals with all entries under them. Without --key the key inside the extract is
used; that shows the extract to be whole, not who made it. Exit code 0: sound. 1: not sound. 2: not readable.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Iterator  # noqa: UP035 - runs on Python 3.8

if TYPE_CHECKING:
    Json = dict[str, Any]  # Any: what json.loads gives
    Point = tuple[int, int, int, int]

AT_ONCE = timedelta(minutes=15)  # what a running installation allows between a deed and its entry
MOST_NOTES = 20

# ---------------------------------------------------------------------------------- Ed25519 (RFC 8032 §5.1.7)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _recover(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x % 2 != sign else x


def _point(encoded: bytes) -> Point | None:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = _recover(y, sign) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


def _same(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (
        one[1] * other[2] - other[1] * one[2]
    ) % P == 0


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE_X = _recover(_BASE_Y, 0) or 0
BASE: Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's, of this message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % L
    return _same(_times(scalar, BASE), _add(commitment, _times(challenge, key)))


# ---------------------------------------------------------------------------------- Merkle trees (RFC 6962)


def canonical(value: Any) -> bytes:
    """The one way a value is written before it is hashed."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def leaf_hash(entry: Json) -> bytes:
    return hashlib.sha256(b"\x00" + canonical(entry)).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: list[bytes]) -> bytes:
    while len(leaves) > 1:
        paired = [node_hash(leaves[i], leaves[i + 1]) for i in range(0, len(leaves) - 1, 2)]
        leaves = paired + ([leaves[-1]] if len(leaves) % 2 else [])
    return leaves[0] if leaves else hashlib.sha256(b"").digest()


def root_from_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root a path leads to (RFC 9162 §2.1.3.2), or None where it does not fit."""
    if not 0 <= index < size:
        return None
    here, last, found = index, size - 1, leaf
    for neighbour in path:
        if last == 0:
            return None
        if here % 2 or here == last:
            found = node_hash(neighbour, found)
            while here % 2 == 0 and here:
                here, last = here // 2, last // 2
        else:
            found = node_hash(found, neighbour)
        here, last = here // 2, last // 2
    return found if last == 0 else None


# ---------------------------------------------------------------------------------- the extract


def faults_of(extract: Json, keys: dict[str, bytes]) -> Iterator[str]:
    """Everything that is wrong, in words."""
    if extract.get("format") not in ("hequ-proof-1", "hequ-ledger-1"):
        yield "this is not an extract of a ledger"
        return
    if extract["format"] == "hequ-proof-1":
        yield from _faults_of_proof(extract, keys)
    else:
        yield from _faults_of_run(extract, keys)


def notes_of(extract: Json) -> Iterator[str]:
    """What is no fault and worth a look: an entry that was not written down at the moment it tells of."""
    for entry in extract.get("entries") or [extract["entry"]]:
        if "recorded" in entry and abs(_moment(entry["recorded"]) - _moment(entry["at"])) > AT_ONCE:
            told, recorded = entry["at"], entry["recorded"]
            yield f"entry {entry['id']}: it tells of {told} and was written down at {recorded}"


def _moment(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: DTZ007 - both are UTC


def _faults_of_seal(seal: Json, keys: dict[str, bytes]) -> Iterator[str]:
    head = seal["header"]
    key = keys.get(head["key"])
    if key is None:
        yield f"seal {head['number']}: signed with the key {head['key']!r}, which was not given"
    elif not ed25519_verify(key, canonical(head), base64.b64decode(seal["signature"])):
        yield f"seal {head['number']}: the signature is not valid"


def _faults_of_proof(extract: Json, keys: dict[str, bytes]) -> Iterator[str]:
    seal, entry = extract["seal"], extract["entry"]
    yield from _faults_of_seal(seal, keys)
    head = seal["header"]
    path = [bytes.fromhex(neighbour) for neighbour in extract["path"]]
    root = root_from_path(leaf_hash(entry), extract["index"], head["count"], path)
    if root is None or root.hex() != head["root"]:
        yield f"entry {entry['id']}: it is not under seal {head['number']}"
    if entry["institution"] != head["institution"]:
        yield f"entry {entry['id']}: it belongs to another institution than its seal"


def _faults_of_run(extract: Json, keys: dict[str, bytes]) -> Iterator[str]:
    entries = sorted(extract["entries"], key=lambda one: (one["transaction"], one["id"]))
    taken, before = 0, None
    for seal in extract["seals"]:
        head = seal["header"]
        yield from _faults_of_seal(seal, keys)
        if before is not None:
            if head["number"] != before["number"] + 1:
                yield f"seal {before['number'] + 1}: it is missing"
            elif head["previous"] != hashlib.sha256(canonical(before)).hexdigest():
                yield f"seal {head['number']}: it does not follow the seal before it"
        last = tuple(head["last"])
        under = [one for one in entries[taken:] if (one["transaction"], one["id"]) <= last]
        taken += len(under)
        if len(under) != head["count"]:
            yield f"seal {head['number']}: {len(under)} entries instead of {head['count']}"
        elif root_of([leaf_hash(one) for one in under]).hex() != head["root"]:
            yield f"seal {head['number']}: an entry was changed"
        before = head
    houses = {one["institution"] for one in entries} | {
        one["header"]["institution"] for one in extract["seals"]
    }
    if len(houses) > 1:
        yield "the extract mixes institutions"
    if taken != len(entries):
        yield f"{len(entries) - taken} entries are under no seal"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an extract of a Hequ ledger.")
    parser.add_argument("extract", help="the JSON file")
    parser.add_argument("--key", action="append", default=[], metavar="NAME:BASE64", help="a public key")
    chosen = parser.parse_args(arguments)
    try:
        with open(chosen.extract, encoding="utf-8") as file:  # noqa: PTH123 - stands alone
            extract = json.load(file)
        given = dict(part.split(":", 1) for part in chosen.key) or extract["public_keys"]
        keys = {name: base64.b64decode(encoded) for name, encoded in given.items()}
        faults = list(faults_of(extract, keys))
        notes = list(notes_of(extract)) if not faults else []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.stdout.write(f"NOT READABLE: {error!r}\n")
        return 2
    if not chosen.key:
        sys.stdout.write(
            "No --key given: using the key inside the extract. Compare it with the published one.\n"
        )
    for note in notes[:MOST_NOTES]:
        sys.stdout.write(f"note: {note}\n")
    if len(notes) > MOST_NOTES:
        sys.stdout.write(f"note: and {len(notes) - MOST_NOTES} more entries like these\n")
    for fault in faults:
        sys.stdout.write(f"NOT SOUND: {fault}\n")
    if not faults:
        sys.stdout.write("SOUND\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
