"""What a person reads in Chinese stands in full-width marks (`docs/decisions/0115-…`)."""

from __future__ import annotations

from config.punctuation.files import AS_WRITTEN, COLUMNS, ROOT, files


def test_chinese_is_written_in_full_width_marks():
    """After a change: `manage.py format_punctuation`."""
    found = {file.name: len(changes) for file in files() if (changes := file.changes())}

    assert found == {}, "run manage.py format_punctuation"


def test_what_stays_as_written_exists_and_says_why():
    assert [name for name in (*AS_WRITTEN, *COLUMNS) if not (ROOT / name).exists()] == []
    assert all(reason.strip() for reason in AS_WRITTEN.values())
