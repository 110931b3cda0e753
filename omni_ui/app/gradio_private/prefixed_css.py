"""The app's style sheet in the form that Gradio's script would give it in the browser.

Gradio takes the texts of `css`, reads each rule in the browser, and writes it twice: as it is, and once more below its
container, so that it is stronger than Gradio's own rules (`prefix_css` in its frontend). Doing that here spares each
visit the work, and the page 110 kB of its description. A rule within `@media` it writes in the second form only, which
our menus, notes and dialogs that lie over the page never had on a phone: here it has both.
"""

import re

COMMENT = re.compile(r"/\*.*?\*/", re.S)
RULE = re.compile(r"\s*([^{}]+)\{", re.S)
BRACE = re.compile(r"[{}]")
DARK = ".dark"


def prefixed_css(css: str, version: str) -> str:
    """version: Gradio's, as its page has it in the class of its container. ValueError for braces that do not match."""
    container = f".gradio-container.gradio-container-{version.replace('.', '-')} .contain"
    return "\n".join(_rule(head, body, container) for head, body in _rules(COMMENT.sub("", css)))


def _rules(css: str) -> list[tuple[str, str]]:
    """The selectors and the declarations of each rule."""
    rules, at = [], 0
    while match := RULE.match(css, at):
        depth, end = 1, match.end()
        while depth:
            brace = BRACE.search(css, end)
            if not brace:
                raise ValueError(f"no end of {match[1].strip()}")
            depth += 1 if brace[0] == "{" else -1
            end = brace.end()
        rules.append((" ".join(match[1].split()), css[match.end() : end - 1].strip()))
        at = end
    if css[at:].strip():
        raise ValueError(f"not a rule: {css[at:].strip()[:80]}")
    return rules


def _rule(head: str, body: str, container: str) -> str:
    if head.startswith("@media"):
        inner = "".join(_below(head, body, container, DARK + " ") for head, body in _rules(body))
        return f"{head} {{{body}{inner}}}"
    whole = f"{head} {{{body}}}"
    return whole if head.startswith("@") else whole + _below(head, body, container, DARK)


def _below(selectors: str, body: str, container: str, mark: str) -> str:
    """Gradio moves the first `.dark` to the front.

    It splits at every comma, also of those within brackets, which makes `:is(a, b)` stronger than it says, so that a
    later rule does not win; here a selector is split between brackets only.
    """
    dark = DARK if mark in f"{selectors} {{ {body}" else ""
    parts = _split(selectors.replace(DARK, "", 1))
    return ",".join(f"{dark} {container} {part.strip()} " for part in parts) + f"{{{body}}}"


def _split(selectors: str) -> list[str]:
    """The selectors of a list; commas within brackets or attributes belong to one of them."""
    parts, begin, depth = [], 0, 0
    for at, sign in enumerate(selectors):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            parts.append(selectors[begin:at])
            begin = at + 1
    return [*parts, selectors[begin:]]
