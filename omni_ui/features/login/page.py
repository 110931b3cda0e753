"""The sign-in page: the page's look, in the language that the browser asks for."""

from functools import cache
from html import escape
from importlib.resources import files
from urllib.parse import quote

from starlette.responses import HTMLResponse, Response

from omni_ui.features.i18n.languages import languages

TEXTS = {
    "sign-in": "Sign in",
    "name": "Name",
    "password": "Password",
    "other-way": "Sign in with Hugging Face",
    "or": "or",
}
"""By the name of their place in the markup."""
FORM = """<form method="post" action="{action}">
<label>{name}<input name="name" autocomplete="username" required autofocus></label>
<label>{password}<input name="password" type="password" autocomplete="current-password" required></label>
<button>{sign-in}</button>
</form>"""
OTHER = '<a class="other" id="huggingface" href="{other}">{other-way}</a>'
# A frame of another site keeps no cookie: there, signing in goes on in a page of its own.
FRAMED = "<script>if (top !== self) document.getElementById('huggingface').target = '_blank';</script>"


def sign_in_page(
    accept_language: str, base: str, there: str, problem: str, status: int, *, accounts: bool, hugging_face: bool
) -> Response:
    """The page. base: the address of the sign-in route. there: the path to open afterwards. problem: a sentence."""
    code = language_for(accept_language)
    texts = next((language.texts for language in languages() if language.code == code), {})
    query = f"?next={quote(there, safe='')}"
    parts = [
        FORM.replace("{action}", escape(base + query)) if accounts else "",
        "<p>{or}</p>" if accounts and hugging_face else "",
        OTHER.replace("{other}", escape(f"{base}/huggingface{query}")) + FRAMED if hugging_face else "",
    ]
    page = _template().replace("{code}", code).replace("{forms}", "\n".join(parts))
    for name, text in TEXTS.items():
        page = page.replace("{" + name + "}", escape(texts.get(text, text)))
    said = f'<p role="alert">{escape(translated(problem, texts))}</p>' if problem else ""
    page = page.replace("{problem}", said)
    return HTMLResponse(
        page, status, {"Cache-Control": "no-store", "Vary": "Accept-Language", "Content-Language": code}
    )


@cache
def _template() -> str:
    return files(__package__).joinpath("login.html").read_text(encoding="utf-8")


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
