import time
from itertools import pairwise
from pathlib import Path

import pytest

from omni_ui.media.markdown import GrowingMarkdown, render

WHOLE = """# Boats

Some *text*, `code` and a [link](https://example.org).

- one
- two

  more of two

```python
print("<b>")
```

| a | b |
|---|---|
| 1 | 2 |

> quoted

The end."""


@pytest.mark.parametrize(
    ("text", "never", "shown"),
    [
        ("<script>alert(1)</script>", "<script", "&lt;script&gt;"),
        ('<img src=x onerror="alert(1)">', "<img", "&lt;img"),
        ("[click](javascript:alert(1))", "href", "[click]"),
        ("[click](JaVaScRiPt:alert(1))", "href", "[click]"),
        ("[click](data:text/html;base64,AAAA)", "href", "[click]"),
        ("[file](file:///etc/passwd)", "href", "[file]"),
        ("![pixel](http://tracker.example/p.png)", "<img", "pixel (picture)"),
        ('[a](https://e.org/"onmouseover=alert(1))', 'onmouseover="', ""),
        ("<https://e.org/<script>>", "<script", ""),
        ("```\n</code></pre><script>x</script>\n```", "<script", "&lt;script&gt;"),
        ("``` <script>\nx\n```", "<script", "&lt;script&gt;"),
    ],
)
def test_what_a_model_writes_does_no_harm(text, never, shown):
    html = render(text)
    assert never not in html
    assert shown in html


def test_links_open_elsewhere_and_tell_nothing_about_the_page():
    assert 'target="_blank" rel="noopener noreferrer nofollow"' in render("[a](https://example.org)")


@pytest.mark.parametrize("step", [1, 4, 17, 1000])
def test_a_growing_text_ends_as_the_whole_one(monkeypatch, step):
    monkeypatch.setattr("omni_ui.media.markdown.REST", 0)
    growing = GrowingMarkdown()
    for at in range(0, len(WHOLE), step):
        growing.add(WHOLE[at : at + step])
        blocks = growing.blocks()
    assert "".join(blocks) == render(WHOLE)


def test_only_the_last_block_of_a_growing_text_changes(monkeypatch):
    monkeypatch.setattr("omni_ui.media.markdown.REST", 0)
    growing = GrowingMarkdown()
    seen: list[list[str]] = []
    for letter in WHOLE:
        growing.add(letter)
        seen.append(growing.blocks())
    for before, after in pairwise(seen):
        assert after[: len(before) - 1] == before[:-1]


def test_a_block_that_takes_long_is_left_alone_for_a_moment(monkeypatch):
    monkeypatch.setattr("omni_ui.media.markdown.REST", 1e9)
    growing = GrowingMarkdown()
    growing.add("one")
    first = growing.blocks()
    growing.add(" two")
    assert growing.blocks() == first


ANSWER = (Path(__file__).parents[1] / "cases" / "answer_with_math_and_lines.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "shown",
    [
        r'<span class="omni-math">\( a_{1} * b_{2} * c \)</span>',
        '<span class="omni-math" data-display="true">\\[\nE = mc^2',
        r'<span class="omni-math" data-display="true">\[\int_0^1 x^2 dx\]</span>',
        r'<span class="omni-math">\(y = kx\)</span> but it costs $5 and then $10.',
        "Roses are red,<br />\nViolets are blue,",
        '<a href="https://docs.vllm.ai/en/latest/"',
        r'<td><span class="omni-math">\( x_1 \)</span></td>',
        'type="checkbox"> open task',
        "<strong>粗体。</strong>后面 and <strong>“强调”</strong>文字",
        "Footnote<sup>[1]</sup>",
        "<p>the note</p>",
        "<span>python</span>",
    ],
)
def test_what_models_write_beyond_commonmark(shown):
    assert shown in render(ANSWER)


@pytest.mark.parametrize(
    "text",
    [
        "$5 or $10",
        "$US and CA$",
        "it is $3-$4",
        "US$5 and HK$10",
        "a $ b $ c",
        "\\\\(x)",
        "`$x$`",
        "    $$x$$",
        "$$",
        "$",
    ],
)
def test_dollars_and_code_are_no_formulas(text):
    assert "omni-math" not in render(text)


@pytest.mark.parametrize("text", ["$x$", "$a_1 = 2$", "$-3$", "$$x$$", "\\(x\\)", "- \\[x\\]", "> $$\n> x\n> $$"])
def test_formulas(text):
    assert "omni-math" in render(text)


def test_a_formula_does_no_harm():
    html = render(r"\(<img src=x onerror=alert(1)>\) and $$</span><script>$$")
    assert "<img" not in html
    assert "<script" not in html


def test_a_formula_that_grows_is_drawn_once_and_the_rest_stays(monkeypatch):
    monkeypatch.setattr("omni_ui.media.markdown.REST", 0)
    growing = GrowingMarkdown()
    drawn = []
    for letter in "One.\n\n\\[\nx^2\n\\]\n\nTwo.":
        growing.add(letter)
        drawn.append("omni-math" in "".join(growing.blocks()))
    assert drawn == sorted(drawn)
    assert drawn[-1]


@pytest.mark.parametrize("text", ["$" * 50_000, "\\(" * 25_000, "$a" * 25_000, "*漢" * 20_000, "\\[\n" * 15_000])
def test_hostile_answers_are_read_at_once(text):
    began = time.process_time()
    render(text)
    assert time.process_time() - began < 5
