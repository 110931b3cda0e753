"""An answer with mathematics, amounts of money, a poem and Chinese emphasis, as Chat draws it."""

from pathlib import Path

import pytest

from tests.browser.conftest import run_and_wait
from tests.chat_server import ChatServer
from tests.running import served_by

pytestmark = pytest.mark.browser

ANSWER = (Path(__file__).parents[1] / "cases" / "answer_with_math_and_lines.md").read_text(encoding="utf-8")
BODY = "#chat-result .omni-message:last-child .omni-body"


@pytest.fixture(scope="module")
def served():
    yield from served_by(ChatServer())


def test_formulas_are_drawn_and_the_rest_stays_as_written(served, open_page):
    served.pieces = [ANSWER[at : at + 7] for at in range(0, len(ANSWER), 7)]
    page = open_page(served.app.url, "Chat")
    refused = []
    page.on("console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None)
    page.fill("#chat-text textarea", "Show me")
    run_and_wait(page, "chat")
    page.wait_for_function(
        "(body) => { const all = [...document.querySelectorAll(body + ' .omni-math')];"
        " return all.length && all.every((formula) => formula.querySelector('.katex-html')); }",
        arg=BODY,
    )
    page.evaluate("document.fonts.ready")
    assert page.locator(f"{BODY} .omni-math").count() == 6
    assert page.locator(f"{BODY} .katex-display").count() == 2
    assert page.locator(f"{BODY} .katex-error").count() == 0
    fonts = page.evaluate(
        "[...document.fonts].filter((font) => font.family.includes('KaTeX') && font.status === 'loaded').length"
    )
    assert fonts > 0
    # Formulas have the colour of the text around them, on both grounds.
    grounds = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("(dark) => document.body.classList.contains('dark') === dark", arg=scheme == "dark")
        formula, words = (
            page.eval_on_selector(f"{BODY} {part}", "(element) => getComputedStyle(element).color")
            for part in (".katex", "p")
        )
        assert formula == words
        grounds.add(words)
    assert len(grounds) == 2
    text = page.locator(BODY).inner_text()
    assert "it costs $5 and then $10." in text
    assert "Roses are red,\nViolets are blue,\nLine three of the poem,\nLine four too." in text
    assert "**" not in text
    assert page.locator(f"{BODY} strong").all_inner_texts() == ["粗体。", "“强调”"]
    assert page.locator(f"{BODY} a[href^='https://docs.vllm.ai']").count() == 1
    assert not refused
