"""Where words stand in our own files, and what there is code."""

from __future__ import annotations

from functools import partial

from config.punctuation.pages import page_edits
from config.punctuation.python_source import python_edits
from config.punctuation.tables import catalogue_edits, paper_edits, preset_edits, table_edits
from kernel.punctuation import applied


def rewritten(read, source: str) -> str:
    return applied(source, read(source))


def test_in_python_docstrings_patterns_and_samples_stay():
    source = '''"""先说, 再做."""
ASKED = re.compile("先说,再做")
RAW = r"先说,再做"
WORDS = _(
    "先说,"  # 说,做
    " 再做 {n}:{m}"
)
SAMPLE = Text("title", "title", "先说,再做")
'''

    assert rewritten(python_edits, source) == source.replace('"先说,"  #', '"先说，"  #')


def test_in_pages_tags_scripts_and_addresses_stay():
    source = """{# 先说, 再做 #}<script>"先说,再做"</script>
<p title="{% translate "先说,再做" %}" data-at="a,b">{{ name }}:<b>先说</b>, {% translate '再做?' %}</p>
{% blocktranslate with n=a|default:"1,2" %}共 {{ n }} 题, 请{% endblocktranslate %}
"""
    expected = """{# 先说, 再做 #}<script>"先说,再做"</script>
<p title="{% translate "先说，再做" %}" data-at="a,b">{{ name }}：<b>先说</b>，{% translate '再做？' %}</p>
{% blocktranslate with n=a|default:"1,2" %}共 {{ n }} 题，请{% endblocktranslate %}
"""

    assert rewritten(page_edits, source) == expected


def test_in_catalogues_only_the_message_id_changes():
    source = 'msgid ""\n"先说,"\n"再做\\n"\nmsgstr "First say (先说,再做)"\n'

    assert rewritten(catalogue_edits, source) == source.replace('"先说,"', '"先说，"')


def test_in_tables_only_the_named_columns_change():
    source = "key\twords\tpattern\nA,1\t先说,再做\t先说,再做\n"

    assert rewritten(partial(table_edits, columns=("words",)), source) == source.replace(
        "先说,再做", "先说，再做", 1
    )


def test_presets_keep_their_layout():
    source = '{\n  "text": "先说:\\"再做\\",好?",\n  "n": [1, 2]\n}\n'

    assert rewritten(preset_edits, source) == source.replace("先说:", "先说：").replace(',好?"', '，好？"')


def test_fenced_code_of_a_paper_stays():
    source = "先说,再做\n```\n先说,再做\n```\n"

    assert rewritten(paper_edits, source) == source.replace("先说,再做", "先说，再做", 1)
