"""Templates escape what is not HTML, say what is missing, and leave out the line breaks of their own layout."""

import re

import pytest
from jinja2 import DictLoader, UndefinedError
from markupsafe import Markup

from omni_ui.core import templates
from omni_ui.core.templates import PACKAGE, fragment, html_file, render, render_code

NUMBERS = dict.fromkeys(("path", "start", "later", "largest", "stem", "suffix", "rate"), 1)
TEXT = '<script>alert(1)</script> & "it\'s"'


@pytest.fixture
def sources(monkeypatch):
    """Templates for a test, by name."""
    texts: dict[str, str] = {}
    environment = templates.make_environment(DictLoader(texts))
    monkeypatch.setattr(templates, "template_of", environment.get_template)
    return texts


def test_a_text_is_escaped_wherever_it_stands(sources):
    sources["a"] = '<p title="{{ text }}">{{ text }}</p>'
    assert TEXT not in render("a", text=TEXT)
    assert render("a", text="<") == '<p title="&lt;">&lt;</p>'


def test_what_is_html_already_stays(sources):
    sources["a"] = "<p>{{ inner }}</p>"
    assert render("a", inner=Markup("<b>{}</b>").format("<")) == "<p><b>&lt;</b></p>"
    assert isinstance(render("a", inner=""), Markup)


def test_a_missing_value_is_an_error(sources):
    sources["a"] = "<p>{{ text }}</p>"
    with pytest.raises(UndefinedError, match="text"):
        render("a")


def test_line_breaks_beside_tags_and_places_are_left_out(sources):
    sources["a"] = "<ul>\n  {% for n in numbers %}\n    <li>{{ n }}</li>\n  {% endfor %}\n</ul>\n"
    assert render("a", numbers=[1, 2]) == "<ul><li>1</li><li>2</li></ul>"


def test_line_breaks_within_a_text_stay_spaces(sources):
    sources["a"] = "<p>One\n  {{ word }}\n  more <b>x</b> y</p>"
    assert " ".join(render("a", word="two").split()) == "<p>One two more <b>x</b> y</p>"


def test_a_fragment_is_one_of_several_in_a_file(sources):
    sources["a"] = "{% macro row(text) %}\n<li>{{ text }}</li>\n{% endmacro %}{% macro other() %}x{% endmacro %}"
    assert fragment("a", "row", text="<") == "<li>&lt;</li>"
    with pytest.raises(UndefinedError, match="text"):
        fragment("a", "row")


def test_code_comes_as_it_stands_with_nothing_escaped():
    code = render_code("features/snippets/live_video.py.jinja", reads_files=False, base='"<&>"', **NUMBERS)
    assert 'base_url = "<&>"\n' in code
    assert "\nwith connect(address, additional_headers=headers, max_size=1) as socket:\n    socket.send" in code
    assert code.endswith("                        later.clear()\n")


def test_a_compiled_template_is_kept_until_its_text_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(templates.sys, "dont_write_bytecode", False)
    monkeypatch.setattr(templates, "_compiled", lambda bucket: tmp_path / "kept" / bucket.key)

    def made(text):
        return templates.make_environment(DictLoader({"a": text})).get_template("a").render()

    assert made("<p>1</p>") == "<p>1</p>"
    (kept,) = (tmp_path / "kept").iterdir()
    monkeypatch.setattr(templates.Environment, "_generate", lambda *_: pytest.fail("it was compiled again"))
    assert made("<p>1</p>") == "<p>1</p>"
    monkeypatch.undo()
    monkeypatch.setattr(templates.sys, "dont_write_bytecode", False)
    monkeypatch.setattr(templates, "_compiled", lambda bucket: kept)
    assert made("<p>2</p>") == "<p>2</p>"


def test_where_nothing_can_be_kept_a_template_is_compiled_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(templates.sys, "dont_write_bytecode", False)
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(templates, "_compiled", lambda bucket: tmp_path / "file" / bucket.key)
    assert templates.make_environment(DictLoader({"a": "<p>1</p>"})).get_template("a").render() == "<p>1</p>"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.html.jinja")), ids=lambda path: path.name)
def test_no_template_marks_a_value_as_html(path):
    """`Markup` in Python says it, where mypy sees it."""
    assert not re.search(r"\|\s*safe\b|autoescape", path.read_text(encoding="utf-8"))


def test_constant_html_is_read_without_its_layout():
    start = '<section class="omni-call" aria-label="Talk" data-state="idle"><div class="omni-call-panel"><div'
    assert html_file("features/talk/call.html").startswith(start)
