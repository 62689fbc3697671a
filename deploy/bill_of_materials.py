"""Writes what the platform is made of into ``.cache/sbom`` and refuses a licence nobody has agreed to.

    python deploy/bill_of_materials.py

``everything.json`` is CycloneDX for the whole environment, checked against its schema; ``licences.csv`` has a
line a package, with whether it runs in production. A package that does has a known licence, and none of
the GPL's or AGPL's kind unless it is named here with the reason.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "sbom"
STRICT = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)
LESSER = re.compile(r"LGPL|Lesser General Public", re.IGNORECASE)
# Packages of production under a strict licence, or whose metadata names none: who looked, and why it stays.
AGREED = {
    "ahocorasick-rs": "Apache-2.0 by its licence file; its metadata has no identifier",
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(file: Path) -> set[str]:
    """The packages a locked file names."""
    return {
        normal(found) for found in re.findall(r"^([A-Za-z0-9_.-]+)==", file.read_text(), flags=re.MULTILINE)
    }


def licence_of(component: dict[str, Any]) -> str:
    """What the package says of itself; empty where it says nothing."""
    said = [
        each.get("expression") or each.get("license", {}).get("id") or each.get("license", {}).get("name", "")
        for each in component.get("licenses", [])
    ]
    return "; ".join(sorted({" ".join(one.split())[:120] for one in said if one}))


def refused(licences: dict[str, str], production: set[str], agreed: dict[str, str]) -> list[str]:
    """What stands against the policy, a sentence each; an agreement that nothing needs, too."""
    found = []
    for name in sorted(production & set(licences)):
        strict = STRICT.search(LESSER.sub("", licences[name]))
        if (strict or not licences[name]) and name not in agreed:
            found.append(f"{name} runs in production under {licences[name] or 'a licence it does not name'}")
    return found + [f"{name} is agreed to and not there" for name in sorted(set(agreed) - production)]


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    bill = FOLDER / "everything.json"
    made = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "cyclonedx_py",
        "environment",
        "--output-reproducible",
        "--validate",
    ]
    made += ["--pyproject", str(ROOT / "pyproject.toml"), "-o", str(bill), sys.executable]
    subprocess.run(made, check=True)  # noqa: S603 - our own tool
    components = json.loads(bill.read_text())["components"]
    licences = {normal(each["name"]): licence_of(each) for each in components}
    production = locked(ROOT / "requirements.txt")
    with (FOLDER / "licences.csv").open("w", newline="") as sink:
        lines = csv.writer(sink)
        lines.writerow(["package", "version", "licence", "runs in production"])
        for each in sorted(components, key=lambda one: normal(one["name"])):
            name = normal(each["name"])
            lines.writerow(
                [name, each.get("version", ""), licences[name], "yes" if name in production else ""]
            )
    wrong = refused(licences, production, AGREED)
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")  # noqa: T201 - a command
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
