from itertools import pairwise

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
