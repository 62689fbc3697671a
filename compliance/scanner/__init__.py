"""The scanner: reads Chinese marketing copy and says which rule a passage offends.

Pure: no database, no clock, no network. `scan(texts, sector)` promises findings whose spans are code points
of the text as it was written, and the same answer for the same words under the same pack (`pack_hash`).
"""

from compliance.scanner.matter import ALL_SECTORS, SECTORS, Excuse, Finding, Severity, Text
from compliance.scanner.pack import Pack, default_pack, load_pack
from compliance.scanner.scan import pack_hash, scan, scan_with_excused, verdict

__all__ = [
    "ALL_SECTORS",
    "SECTORS",
    "Excuse",
    "Finding",
    "Pack",
    "Severity",
    "Text",
    "default_pack",
    "load_pack",
    "pack_hash",
    "scan",
    "scan_with_excused",
    "verdict",
]
