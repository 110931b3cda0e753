"""The sign-in page: the page's look, in the language that the browser asks for."""

from urllib.parse import quote

from starlette.responses import HTMLResponse, Response

from omni_ui.core.templates import render
from omni_ui.features.i18n.languages import languages

TEXTS = {
    "sign_in": "Sign in",
    "name": "Name",
    "password": "Password",
    "other_way": "Sign in with Hugging Face",
    "or": "or",
}
"""By the name of their place in the template."""


def sign_in_page(
    accept_language: str, base: str, there: str, problem: str, status: int, *, accounts: bool, hugging_face: bool
) -> Response:
    """The page. base: the address of the sign-in route. there: the path to open afterwards. problem: a sentence."""
    code = language_for(accept_language)
    texts = next((language.texts for language in languages() if language.code == code), {})
    query = f"?next={quote(there, safe='')}"
    translations = {name: texts.get(text, text) for name, text in TEXTS.items()}
    page = render(
        "features/login/page.html.jinja",
        code=code,
        title=f"Omni UI: {translations['sign_in']}",
        texts=translations,
        problem=translated(problem, texts),
        base=base,
        query=query,
        accounts=accounts,
        hugging_face=hugging_face,
    )
    return HTMLResponse(
        page, status, {"Cache-Control": "no-store", "Vary": "Accept-Language", "Content-Language": code}
    )


def translated(sentence: str, texts: dict[str, str]) -> str:
    """A sentence of this room in a language; a number within it stands for {1} there."""
    words = sentence.split(" ")
    numbers = [word for word in words if word.isdecimal()]
    key = " ".join("{1}" if word.isdecimal() else word for word in words)
    text = texts.get(key, sentence)
    return text.replace("{1}", numbers[0]) if len(numbers) == 1 else text


def language_for(accept_language: str) -> str:
    """The code of the language that a browser likes best among those of the page (RFC 9110, 12.5.4)."""
    wanted = []
    for entry in accept_language[:500].split(","):
        tag, _, weight = entry.strip().partition(";q=")
        try:
            liking = float(weight or 1)
        except ValueError:
            continue
        if liking > 0:
            wanted.append((-liking, tag.strip().lower()))
    codes = [language.code for language in languages()]
    for _, tag in sorted(wanted, key=lambda pair: pair[0]):
        first = tag.partition("-")[0]
        if first == "en":
            return "en"
        for code in codes:
            if tag == code.lower() or first == code.lower().partition("-")[0]:
                return code
    return "en"
