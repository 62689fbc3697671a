"""Things found by walking a package: adding one edits nothing else."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def discover(package: str) -> list[ModuleType]:
    """Import every direct child (module or package) of ``package``, in name order.

    Names that start with an underscore and a module called ``base`` are passed over.
    """
    parent = importlib.import_module(package)
    names = sorted(child.name for child in pkgutil.iter_modules(parent.__path__))
    return [
        importlib.import_module(f"{package}.{name}")
        for name in names
        if name != "base" and not name.startswith("_")
    ]
