"""The form in which Gradio's script writes styles, rule by rule as its prefix_css does, but for commas in brackets."""

import gradio
import pytest

from omni_ui.app.gradio_private.prefixed_css import prefixed_css
from omni_ui.app.gradio_private.script_files import FOLDER
from omni_ui.app.theme import css

BELOW = ".gradio-container.gradio-container-6-31-0 .contain"


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        (".a, b > c { color: red }", f".a, b > c {{color: red}} {BELOW} .a , {BELOW} b > c {{color: red}}"),
        (".dark .a { x: y }", f".dark .a {{x: y}}.dark {BELOW} .a {{x: y}}"),
        ("@media (max-width: 9px) { .a { x: y } .dark .b {} }",
         f"@media (max-width: 9px) {{.a {{ x: y }} .dark .b {{}} {BELOW} .a {{x: y}}.dark {BELOW} .b {{}}}}"),
        ("@keyframes k { from { x: y } to { x: z } }", "@keyframes k {from { x: y } to { x: z }}"),
        ("/* { */ a { b: c }", f"a {{b: c}} {BELOW} a {{b: c}}"),
        (".a:is(.b, .c:not(d, e)), f { x: y }", f".a:is(.b, .c:not(d, e)), f {{x: y}} "
         f"{BELOW} .a:is(.b, .c:not(d, e)) , {BELOW} f {{x: y}}"),
    ],
)  # fmt: skip
def test_each_rule_is_written_as_gradio_would(rule: str, written: str):
    assert prefixed_css(rule, "6.31.0") == written


def test_gradio_still_writes_them_so():
    source = next(FOLDER.glob("core-*.js")).read_text(encoding="utf-8")
    assert "s=`.gradio-container.gradio-container-${t} .contain `" in source
    assert "r=e.replace(`.dark`,``).split(`,`).map(e=>`${n?`.dark`:``} ${s} ${e.trim()} `).join(`,`)" in source


def test_our_styles_have_no_stray_brace():
    assert prefixed_css(css(), gradio.__version__).count("omni-math[data-display") == 2
    for broken in ("a { b: c } }", "a { b: c"):
        with pytest.raises(ValueError, match=r"rule|end"):
            prefixed_css(broken, "6.31.0")
