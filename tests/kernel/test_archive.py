"""A ZIP that several workers write after one another is the ZIP that one would have written. F51."""

import io
import zipfile

import pytest

from kernel.archive import Archive, zipped

FILES = {f"reviews/{number:03}/page.html": b"%d" % number * 5000 for number in range(1, 8)}


def test_gone_on_with_by_another_process_it_comes_out_the_same():
    whole, before = b"", []
    for name, body in FILES.items():
        worker = Archive(start=len(whole), before=before)
        worker.add(name, body)
        fresh, packed = worker.take()
        whole, before = whole + fresh, before + packed

    whole += Archive(start=len(whole), before=before).close()

    assert whole == zipped(FILES)
    assert zipfile.ZipFile(io.BytesIO(whole)).testzip() is None


def test_a_name_that_some_computer_cannot_unpack_is_refused():
    with pytest.raises(UnicodeEncodeError):
        Archive().add("审核.json", b"")
