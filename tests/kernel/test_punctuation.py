"""Chinese in full-width marks; figures, code, addresses and English as they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.punctuation import formatted

FORMATTED = {
    "收到陌生短信,要求“完成兑换”,您应当?": "收到陌生短信，要求“完成兑换”，您应当？",
    "满1,000元,10:30开始(周日休息)": "满1,000元，10:30开始（周日休息）",
    "共{n}题: {m}分": "共{n}题：{m}分",
    "共 %(n)s 人, %(m)s 次": "共 %(n)s 人，%(m)s 次",
    "每天{hour}:{minute}开放": "每天{hour}:{minute}开放",
    "《广告法》第九条(三);罚则第五十七条": "《广告法》第九条（三）；罚则第五十七条",
    "structural:reward 对象必填 name/spec;期限": "structural:reward 对象必填 name/spec；期限",
    "PDF(A4)下载": "PDF（A4）下载",
    "选 A,B 或 C": "选 A,B 或 C",
    "您的答案是否为D?": "您的答案是否为D？",
    '他说"好".': "他说“好”。",
    "现.金,年.化.": "现.金，年.化。",
    "A.先核实(对), B.先转账": "A.先核实（对）， B.先转账",
    "format()函数,见`a,中`": "format()函数，见`a,中`",
    "见 https://example.cn/?q=1,再核对": "见 https://example.cn/?q=1，再核对",
    "<b>先核实</b>,再转账": "<b>先核实</b>，再转账",
    "{% if a %}先核实{% endif %},{{ name }}:请稍候": "{% if a %}先核实{% endif %}，{{ name }}：请稍候",
    "日期:    年  月  日": "日期：    年  月  日",
    'value="张三丰",好': 'value="张三丰"，好',
    "button:has-text('查验'),再点": "button:has-text('查验')，再点",
    "python verify.py --key 名称:公钥": "python verify.py --key 名称:公钥",
    "不能保存: {problem}\nNOT SOUND: 不完整": "不能保存：{problem}\nNOT SOUND：不完整",
}  # fmt: skip
KEPT = (
    "Yes, on 10:30 (Sunday)!", "Notify 张三, who is away (yes)", "{a}:{b}", "AD-9-3;CONS-28", "。!?;,、:",
    "1)", "已是全角，不再改动（不动）。", "",
)  # fmt: skip


@pytest.mark.parametrize(("written", "read"), FORMATTED.items())
def test_marks_beside_chinese_are_full_width(written, read):
    assert formatted(written) == read


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_chinese_sentence_stays(text):
    assert formatted(text) == text


TEXTS = st.text('签到,天;(满)1:0 ab?!.\n“”"{n}%s<>', max_size=40)


@settings(max_examples=1000)
@given(TEXTS)
def test_formatting_again_changes_nothing(text):
    assert formatted(formatted(text)) == formatted(text)


@settings(max_examples=1000)
@given(TEXTS)
def test_no_word_is_touched(text):
    def words(one: str) -> str:
        return "".join(sign for sign in one if sign.isalnum() or sign in "%{}\n<>")

    assert words(formatted(text)) == words(text)
