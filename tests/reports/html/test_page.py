"""The document: what data cannot do to it."""

import json
import re

from reward_agent.reports.html.charts import curve_plot
from reward_agent.reports.html.page import Options, Overview, Shown, file_page, for_script, overview_fragment, policy

OVERVIEW = Overview(title="<script>x</script>", subtitle='"><img src=x>', warnings=["<b>w</b>"], settings="</pre><i>")


def page() -> str:
    row = [0, "</script>", "s", "wrong", 0.0, 0.1, 0, 2, 0, 0, 0, None, "<!-- \u2028 -->"]
    shown = Shown(rows=[row], details=[json.dumps({"id": "</script>"})], total=1)
    return file_page(OVERVIEW, Options(subsets=["</script><script>"]), shown)


def test_data_cannot_end_the_script_it_stands_in() -> None:
    text = for_script({"a": "</script><!-- \u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!-- \u2028"}


def test_the_document_has_its_own_scripts_alone() -> None:
    kinds = re.findall(r"<script([^>]*)>", page())
    assert kinds == [' type="application/json" id="data"', ' type="text/plain" class="block"', ""]


def test_titles_warnings_and_settings_are_escaped() -> None:
    fragment = overview_fragment(OVERVIEW)
    assert "<script>x" not in fragment and "<img" not in fragment and "<b>w" not in fragment and "<i>" not in fragment


def test_there_is_no_inline_handler_or_style_that_the_policy_would_have_to_allow() -> None:
    text = page()
    assert not re.search(r"<[^>]*\s(on\w+|style)=", text.split("<script>")[0].split("</style>")[1])
    assert "unsafe" not in policy(served=False) and "unsafe" not in policy(served=True)
    assert "connect-src" not in policy(served=False)


def test_a_curve_that_is_none_is_left_out_and_a_sound_one_is_drawn() -> None:
    method = {"name": "judged <b>", "values": [0.4, 0.5], "low": [0.3, 0.4], "high": [0.5, 0.6]}
    drawn = curve_plot({"metric": "accuracy", "sizes": [1, 2], "methods": [method]})
    assert drawn is not None and "<b>" not in drawn and "judged &lt;b&gt;" in drawn
    none: list[dict[str, object]] = [
        {},
        {"sizes": [1], "methods": [method]},
        {"sizes": [], "methods": []},
        {"sizes": "x", "methods": 3},
    ]
    assert [curve_plot(wrong) for wrong in none] == [None] * len(none)
