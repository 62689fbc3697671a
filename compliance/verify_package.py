#!/usr/bin/env python3
"""Check an evidence package far from Hequ: standard library only, Python 3.8 or later.

    python3 verify.py [folder] [--key NAME:BASE64]

Every file named in manifest.json must be there with exactly these bytes, nothing else may lie beside them,
each version's content must have the fingerprint its review and the ledger name, every ledger entry must lie
under a signed seal, and the manifest must carry a sound signature of the key in signature.json. With --key
that key must be the given one: the one that the institution publishes. Every fault is told with its file.
Exit code 0: sound. 1: not sound. 2: not readable.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator  # noqa: UP035 - runs on Python 3.8

if TYPE_CHECKING:
    Json = dict[str, Any]  # Any: what json.loads gives

OUTSIDE = {"manifest.json", "signature.json"}
TOOLS = "verify_seals.py"
DROPPINGS = {".DS_Store", "Thumbs.db", "desktop.ini"}  # what computers leave in folders they show
SUBMITTED, APPROVED, DECIDED = "compliance.submitted", "compliance.approved", "compliance.decided"
PIECE = 1 << 20


class Unreadable(Exception):
    """A file that should be JSON is not, or lacks what it must have."""


def canonical(value: Any) -> bytes:  # Any: what json.loads gives
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def faults(folder: Path, key: str = "") -> list[str]:
    """Everything that is wrong with the package, each with its file. Raises Unreadable."""
    named = _read(folder, "manifest.json").get("files")
    if not isinstance(named, dict):
        raise Unreadable("manifest.json: it names no files")
    found = _found(folder)
    wrong = [f"missing: {name}" for name in sorted((set(named) | OUTSIDE) - found)]
    wrong += [f"not in the manifest: {name}" for name in sorted(found - set(named) - OUTSIDE)]
    changed = [name for name in sorted(found & set(named)) if _sha256(folder / name) != named[name]]
    wrong += [f"changed: {name}" for name in changed]
    wrong += _wrong_fingerprints(folder, found)
    if TOOLS in changed or TOOLS not in found or TOOLS not in named:
        return [*wrong, f"not checked: signatures, because {TOOLS} is not the one of the package"]
    tools = runpy.run_path(str(folder / TOOLS))
    wrong += _wrong_signature(folder, tools, key)
    if not wrong:
        wrong += _wrong_ledger(folder, tools)
        wrong += _wrong_records(folder, found)
        wrong += _wrong_decisions(folder, found, tools)
    return wrong


def _found(folder: Path) -> set[str]:
    """Every file of the folder but what the computer itself has left there, which is told."""
    found = set()
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() and not path.is_symlink():
            continue
        if path.name in DROPPINGS or "__pycache__" in path.parts or name.startswith("__MACOSX/"):
            sys.stdout.write(f"note: left by the computer, not part of the package: {name}\n")
        else:
            found.add(name)
    return found


def _sha256(path: Path) -> str:
    whole = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            whole.update(piece)
    return whole.hexdigest()


def _read(folder: Path, name: str) -> Any:
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise Unreadable(f"{name}: {problem}") from None


def _lines(folder: Path, name: str) -> list[Json]:
    text = (folder / name).read_bytes().decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def _wrong_fingerprints(folder: Path, found: set[str]) -> Iterator[str]:
    for name in _records(found):
        beside = name.replace("/review.json", "/content.json")
        try:
            review, content = _read(folder, name), _read(folder, beside)
            same = hashlib.sha256(canonical(content)).hexdigest() == review["fingerprint"]
        except (Unreadable, KeyError, TypeError) as problem:
            yield f"not readable: {name}, {beside}: {problem}"
            continue
        if not same:
            yield f"content is not what was reviewed: {name}, {beside}"


def _records(found: set[str]) -> list[str]:
    return sorted(name for name in found if name.startswith("reviews/") and name.endswith("/review.json"))


def _wrong_signature(folder: Path, tools: Json, given: str) -> Iterator[str]:
    manifest, written = (folder / "manifest.json").read_bytes(), (folder / "signature.json").read_bytes()
    named, signature = json.loads(manifest), _read(folder, "signature.json")
    try:
        told = {name: named[name] for name in ("key_name", "key")}
        key, signed = base64.b64decode(told["key"]), base64.b64decode(signature["signature"])
    except (KeyError, ValueError, TypeError) as problem:
        raise Unreadable(f"manifest.json, signature.json: {problem!r}") from None
    told["signature"] = base64.b64encode(signed).decode()
    if written != canonical(told) + b"\n" or not tools["ed25519_verify"](key, manifest, signed):
        yield "the signature is not sound: manifest.json, signature.json"
        return
    spoken = f"{told['key_name']}:{told['key']}"
    if given and given != spoken:
        yield f"signed with another key than the given one: signature.json: {spoken}"
    elif not given:
        sys.stdout.write(f"signed with the key 签名公钥 {spoken}\n")
        sys.stdout.write("compare it with the institution's published one 请与机构公布的公钥比对\n")


def _wrong_ledger(folder: Path, tools: Json) -> Iterator[str]:
    """Entry by entry: its path must lead to the root of a seal whose signature holds."""
    told = _read(folder, "seals.json")
    keys = {name: base64.b64decode(key) for name, key in told["public_keys"].items()}
    entries, proofs = _lines(folder, "ledger.jsonl"), _lines(folder, "ledger_proofs.jsonl")
    if [entry["id"] for entry in entries] != [proof["entry"] for proof in proofs]:
        yield "ledger.jsonl and ledger_proofs.jsonl do not belong together"
        return
    waiting = 0
    for entry, proof in zip(entries, proofs):  # noqa: B905 - runs on older Pythons too
        if proof["seal"] is None:
            waiting += 1
            continue
        extract = {
            "format": "hequ-proof-1",
            "entry": entry,
            "index": proof["index"],
            "path": proof["path"],
            "seal": told["seals"][str(proof["seal"])],
        }
        for fault in tools["faults_of"](extract, keys):
            yield f"ledger.jsonl: {fault}"
        for note in tools["notes_of"](extract):
            sys.stdout.write(f"note: ledger.jsonl: {note}\n")
    if waiting:
        sys.stdout.write(f"note: {waiting} newest entries were not sealed yet when the package was made\n")


def _wrong_records(folder: Path, found: set[str]) -> Iterator[str]:
    """What a review says of its content and its certificate is what the ledger wrote down at the time."""
    deeds = {
        (entry["verb"], entry["subject"][1]): entry["data"]
        for entry in _lines(folder, "ledger.jsonl")
        if entry["verb"] in (SUBMITTED, APPROVED)
    }
    for name in _records(found):
        review = _read(folder, name)
        submitted = deeds.get((SUBMITTED, review["id"]))
        if submitted is None or submitted.get("fingerprint") != review["fingerprint"]:
            yield f"the ledger tells of another submission: {name}"
        approved = deeds.get((APPROVED, review["id"]), {})
        certified = (review["certificate"], review["fingerprint"])
        if review["certificate"] and (approved.get("certificate"), approved.get("fingerprint")) != certified:
            yield f"the ledger tells of another approval: {name}"


def _wrong_decisions(folder: Path, found: set[str], tools: Json) -> Iterator[str]:
    """Each decision carries the desk's signature, by a key that the sealed ledger names by its hash."""
    keys = {name: base64.b64decode(key) for name, key in _read(folder, "desk_keys.json").items()}
    told_of: dict[str, list[tuple[str, str, str]]] = {}
    for entry in _lines(folder, "ledger.jsonl"):
        deed = entry["data"]
        if entry["verb"] == DECIDED and deed.get("key"):
            told = (deed["key"], deed.get("key_hash", ""), deed["verdict"])
            told_of.setdefault(entry["subject"][1], []).append(told)
    unsigned = 0
    for name in _records(found):
        review, beside = _read(folder, name), name.replace("/review.json", "/decisions.json")
        decisions, left = _read(folder, beside), told_of.get(review["id"], [])
        for place, decision in enumerate(decisions):
            if decision.get("signed", {}).get("key"):
                wrong = _wrong_decision(decision, review, keys, left, tools)
                yield from (f"{fault}: {beside}: {place + 1}" for fault in wrong)
            else:
                unsigned += 1
        if left:
            yield f"the ledger tells of more signatures: {beside}"
    if unsigned:
        sys.stdout.write(f"note: {unsigned} decisions are of before the desk signed them\n")


def _wrong_decision(
    decision: Json, review: Json, keys: dict[str, bytes], left: list[tuple[str, str, str]], tools: Json
) -> Iterator[str]:
    """What is wrong with one decision; what the ledger tells of it is taken off those `left`."""
    signed = decision["signed"]
    lines, key = signed["lines"], keys.get(signed["key"], b"")
    told = (signed["key"], hashlib.sha256(key).hexdigest(), decision["verdict"])
    facts = [review["id"], review["fingerprint"], decision["verdict"], decision["role"], decision["stage"]]
    message, signature = "\n".join(lines).encode(), base64.b64decode(signed["signature"])
    if told in left:
        left.remove(told)
    else:
        yield "the ledger tells of another decision or key"
    if not tools["ed25519_verify"](key, message, signature):
        yield "the desk did not sign this decision"
    elif [*lines[2:5], lines[7], int(lines[8]) + 1] != facts:
        yield "the desk signed another decision"


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a console without Chinese
    parser = argparse.ArgumentParser(description="Check an evidence package.")
    parser.add_argument("folder", nargs="?", default=str(Path(__file__).resolve().parent))
    parser.add_argument("--key", default="", metavar="NAME:BASE64", help="the institution's public key")
    chosen = parser.parse_args()
    try:
        wrong = faults(Path(chosen.folder), chosen.key)
    except (Unreadable, OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        sys.stdout.write(f"not readable: {problem}\nNOT SOUND 证据包不完整\n")
        return 2
    for one in wrong:
        sys.stdout.write(f"{one}\n")
    sys.stdout.write("NOT SOUND 证据包不完整\n" if wrong else "SOUND 证据包完整，未被改动\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
