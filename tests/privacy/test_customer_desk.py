"""F18, F35: the administrator makes a key, takes the tool away, uploads hashes and reads what was wrong."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kernel.actor import SYSTEM
from privacy import customer_hashes as tool
from privacy.customers import CustomerImport, load_customers
from tests.cast import NOON
from tests.desk import signed_in

pytestmark = pytest.mark.django_db


def uploaded(desk, body: bytes):
    file = SimpleUploadedFile("hashes.txt", body, content_type="text/plain")
    return desk.post(reverse("privacy:customer_upload"), {"hashes": file}, follow=True)


def key_shown(desk) -> str:
    page = desk.post(reverse("privacy:customer_key")).content.decode()
    found = re.search(r'input--key" readonly value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_key_is_shown_once_and_the_list_is_loaded_behind_the_scenes(administrator):
    desk = signed_in(administrator)
    text = key_shown(desk)
    key = tool.read_key(text)
    lines = [tool.HEADER + tool.key_fingerprint(key), tool.customer_hash("+8613812345678", key), "oops", ""]

    received = uploaded(desk, "\n".join(lines).encode()).content.decode()
    [loading] = CustomerImport.objects.all()
    before = desk.get(reverse("privacy:customer_progress")).json()
    load_customers(actor=SYSTEM, import_id=loading.id, now=NOON)
    after = desk.get(reverse("privacy:customer_progress")).json()
    faults = desk.get(reverse("privacy:customer_faults", args=[loading.id])).content.decode("utf-8-sig")

    assert "正在后台导入" in received
    assert text not in received
    assert (before["state"], after["state"], after["percent"]) == ("loading", "current", 100)
    assert faults.splitlines() == ["行号,原因", "3,长度不是 64 位"]


def test_a_file_of_plain_numbers_is_refused_in_words(administrator):
    desk = signed_in(administrator)
    key_shown(desk)

    page = uploaded(desk, b"13812345678\n").content.decode()

    assert "不要上传手机号原文" in page
    assert not CustomerImport.objects.exists()


def test_nothing_chosen_is_said(administrator):
    desk = signed_in(administrator)

    page = desk.post(reverse("privacy:customer_upload"), follow=True).content.decode()

    assert "文件格式不正确" in page


def test_the_tool_that_is_handed_out_runs_on_its_own(administrator, tmp_path):
    script = signed_in(administrator).get(reverse("privacy:customer_tool")).content.decode()

    names: dict[str, object] = {"__name__": "handed_out"}
    exec(compile(script, "customer_hashes.py", "exec"), names)

    assert names["HEADER"] == tool.HEADER
    assert "import django" not in script
    assert "from kernel" not in script


def test_only_the_administrator_comes_in(officer, marketer, outsider):
    for actor in (officer, marketer):
        assert signed_in(actor).get(reverse("privacy:customers")).status_code == 403


def test_another_institutions_error_file_does_not_exist(administrator, outsider):
    desk = signed_in(administrator)
    key = tool.read_key(key_shown(desk))
    uploaded(desk, f"{tool.HEADER}{tool.key_fingerprint(key)}\nbad\n".encode())
    [ours] = CustomerImport.objects.all()

    answer = signed_in(outsider).get(reverse("privacy:customer_faults", args=[ours.id]))

    assert answer.status_code == 404
