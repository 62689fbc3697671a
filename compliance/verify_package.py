#!/usr/bin/env python3
"""Check an evidence package far from Hequ: standard library only.

    python3 verify.py [folder]

Every file named in manifest.json must be there with exactly these bytes, nothing else may lie beside them,
each version's content must have the fingerprint its review names, every ledger entry must lie under a signed
seal, and the manifest must carry a sound signature of the key in signature.json. Compare that key with the
one the institution publishes. Every fault is told with the file it is in.
Exit code 0: sound. 1: not sound. 2: not readable.
"""

from __future__ import annotations

import base64
import hashlib
import json
import runpy
import sys
from pathlib import Path
from typing import Any

OUTSIDE = {"manifest.json", "signature.json"}
TOOLS = "verify_seals.py"


class Unreadable(Exception):
    """A file that should be JSON is not, or lacks what it must have."""


def canonical(value: Any) -> bytes:  # Any: what json.loads gives
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def faults(folder: Path) -> list[str]:
    """Everything that is wrong with the package, each with its file. Raises Unreadable."""
    named: dict[str, str] = _read(folder, "manifest.json")["files"]
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    wrong = [f"missing: {name}" for name in sorted((set(named) | OUTSIDE) - found)]
    wrong += [f"not in the manifest: {name}" for name in sorted(found - set(named) - OUTSIDE)]
    changed = [
        name
        for name in sorted(found & set(named))
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != named[name]
    ]
    wrong += [f"changed: {name}" for name in changed]
    if wrong:
        wrong += _wrong_fingerprints(folder, found)
    if TOOLS in changed or TOOLS not in found:
        return [*wrong, f"not checked: signatures, because {TOOLS} is not the one of the package"]
    tools = runpy.run_path(str(folder / TOOLS))
    wrong += _wrong_signature(folder, tools)
    if not wrong:
        wrong += _wrong_fingerprints(folder, found)
        wrong += _wrong_ledger(folder, tools)
    return wrong


def _read(folder: Path, name: str) -> Any:
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise Unreadable(f"{name}: {problem}") from None


def _wrong_fingerprints(folder: Path, found: set[str]) -> list[str]:
    wrong = []
    for name in sorted(one for one in found if one.endswith("/review.json")):
        try:
            review = _read(folder, name)
            content = _read(folder, name.replace("/review.json", "/content.json"))
        except Unreadable as problem:
            wrong.append(f"not readable: {problem}")
            continue
        if hashlib.sha256(canonical(content)).hexdigest() != review["fingerprint"]:
            wrong.append(f"content is not what was reviewed: {name}")
    return wrong


def _wrong_signature(folder: Path, tools: dict[str, Any]) -> list[str]:
    signature = _read(folder, "signature.json")
    try:
        key, signed = base64.b64decode(signature["key"]), base64.b64decode(signature["signature"])
    except (KeyError, ValueError, TypeError) as problem:
        raise Unreadable(f"signature.json: {problem!r}") from None
    if tools["ed25519_verify"](key, (folder / "manifest.json").read_bytes(), signed):
        return []
    return ["the signature is not sound: manifest.json, signature.json"]


def _wrong_ledger(folder: Path, tools: dict[str, Any]) -> list[str]:
    """Entry by entry: its path must lead to the root of a seal whose signature holds."""
    told = _read(folder, "seals.json")
    keys = {name: base64.b64decode(key) for name, key in told["public_keys"].items()}
    entries = [json.loads(line) for line in (folder / "ledger.jsonl").read_text("utf-8").splitlines()]
    proofs = [json.loads(line) for line in (folder / "ledger_proofs.jsonl").read_text("utf-8").splitlines()]
    if len(entries) != len(proofs):
        return ["ledger.jsonl and ledger_proofs.jsonl do not belong together"]
    wrong, waiting = [], 0
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
        wrong += [f"ledger.jsonl: {fault}" for fault in tools["faults_of"](extract, keys)]
    if waiting:
        sys.stdout.write(f"note: {waiting} newest entries were not sealed yet when the package was made\n")
    return wrong


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    try:
        wrong = faults(folder)
    except (Unreadable, OSError, ValueError, KeyError, TypeError) as problem:
        sys.stdout.write(f"not readable: {problem}\nNOT SOUND 证据包不完整\n")
        return 2
    for one in wrong:
        sys.stdout.write(f"{one}\n")
    sys.stdout.write("NOT SOUND 证据包不完整\n" if wrong else "SOUND 证据包完整,未被改动\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
