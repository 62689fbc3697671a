#!/usr/bin/env python3
"""Check an evidence package far from Hequ: standard library only.

    python3 verify.py [folder]

Every file named in manifest.json must be there with exactly these bytes, nothing else may lie beside them,
each version's content must have the fingerprint its review names, and the manifest must carry a sound
signature of the key in signature.json. Compare that key with the one the institution publishes.
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


def canonical(value: Any) -> bytes:  # Any: what json.loads gives
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def faults(folder: Path) -> list[str]:
    """Everything that is wrong with the package."""
    manifest = (folder / "manifest.json").read_bytes()
    named: dict[str, str] = json.loads(manifest)["files"]
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    wrong = [f"missing: {name}" for name in sorted(set(named) - found)]
    wrong += [f"not in the manifest: {name}" for name in sorted(found - set(named) - OUTSIDE)]
    for name in sorted(found & set(named)):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != named[name]:
            wrong.append(f"changed: {name}")
    wrong += _wrong_fingerprints(folder, found)
    wrong += _wrong_signature(folder, manifest)
    return wrong


def _wrong_fingerprints(folder: Path, found: set[str]) -> list[str]:
    wrong = []
    for name in sorted(one for one in found if one.endswith("/review.json")):
        review = json.loads((folder / name).read_text(encoding="utf-8"))
        content = json.loads((folder / name).with_name("content.json").read_text(encoding="utf-8"))
        if hashlib.sha256(canonical(content)).hexdigest() != review["fingerprint"]:
            wrong.append(f"content is not what was reviewed: {name}")
    return wrong


def _wrong_signature(folder: Path, manifest: bytes) -> list[str]:
    verify = runpy.run_path(str(folder / "verify_seals.py"))["ed25519_verify"]
    signature = json.loads((folder / "signature.json").read_text(encoding="utf-8"))
    key, signed = base64.b64decode(signature["key"]), base64.b64decode(signature["signature"])
    return [] if verify(key, manifest, signed) else ["the signature is not sound"]


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    try:
        wrong = faults(folder)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        sys.stdout.write(f"not readable: {problem}\n")
        return 2
    for one in wrong:
        sys.stdout.write(f"{one}\n")
    sys.stdout.write("NOT SOUND 证据包不完整\n" if wrong else "SOUND 证据包完整,未被改动\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
