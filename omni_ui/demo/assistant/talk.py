"""Chat of the demo server: short, true answers. There is no language model: each skill knows its words.

The skills are tried in order and the first that understands answers. What they say about the page is `guide.md`.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from omni_ui.demo.assistant import facts
from omni_ui.demo.assistant.prompts import helped
from omni_ui.demo.assistant.sums import BadSum, solve
from omni_ui.demo.audio.voice import VOICES
from omni_ui.demo.chinese import in_english

KINDS = {"image_url": "picture", "input_audio": "recording", "audio_url": "recording", "video_url": "video"}
MEASURES = {"picture": facts.picture, "recording": facts.audio, "video": facts.video}

NO_MODEL = "I am the demo that comes with Omni UI: there is no language model behind me."
ABILITIES = """I can:

- measure a picture, a recording or a video that you send,
- do sums such as `12 * (3 + 4)`, and tell the time,
- draw: “draw a lighthouse at sunset”,
- say back what you write: “say hello”,
- explain this page: tabs, Stop, seeds, steps, guidance, voices, sounds, clips,
- tell how to connect a real server."""

GUIDE = Path(__file__).with_name("guide.md").read_text("utf-8").split("\n\n### ")
TOPICS = {
    "A real server": r"connect\w*|base_url|(own|real) server|server|gpu|vllm|endpoint|api key",
    "The tabs": r"tabs?|page",
    "Stop": r"stop|cancel|abort|interrupt",
    "Seeds": r"seeds?|reproduc\w+|same result",
    "Steps and guidance": r"steps?|guidance|cfg|negative prompt",
    "Voices": r"voices?|speech|speak|languages?|clon(e|ing)|tts",
    "Sounds": r"sounds?|music|noises?",
    "Clips": r"clips?|videos?|camera|film",
    "Trying out trouble": r"fail|slow|errors?",
    "What Markdown looks like here": r"markdown|table|code|formatting",
}
"""Headings of the guide and the words (a regular expression) on which that part is told."""
ABOUT_MEDIA = (
    r"\b(this|these|it|its|see|hear|said|spoken|language|picture|image|photo|video|clip|audio|recording|sound)"
)
"""Words by which a question is about what was sent with it, which is measured in any case."""


@dataclass
class Turn:
    """What a person sent at once: media are (kind, data URL or base64)."""

    text: str
    media: list[tuple[str, str]] = field(default_factory=list)


def reply(messages: list[dict], *, voices: Iterable[str] = tuple(VOICES)) -> Iterator[str]:
    """A Markdown answer to OpenAI-format messages, in pieces of one word; joined they are the answer.

    Media parts may be data: URLs (image_url, audio_url, video_url) or base64 (input_audio). What cannot be read is
    named in a sentence. voices: the names it may tell. The same messages give the same answer, but for the clock.
    """
    turns = [_turn(message) for message in messages if isinstance(message, dict) and message.get("role") == "user"]
    yield from re.findall(r"\S+\s*|\s+", helped(messages) or _answer(turns, list(voices)))


def wants_picture(text: str) -> str | None:
    """The prompt, when the text asks for a picture to be made: "draw me a red fox" gives "a red fox"."""
    text = in_english(text[:4000])
    if re.match(r"\s*(how|why|what|where|when|who|do|does|did|don't|do not|never)\b", text, re.IGNORECASE):
        return None
    picture = r"(?:picture|image|photo|drawing|painting|illustration|sketch)"
    asks = (
        rf"\b(?:make|create|generate|show|give|draw|paint)\s+(?:\w+ ){{0,4}}{picture}\s+(?:of|with|showing)\s+(.+)",
        r"\b(?:draw|paint|sketch|illustrate)\s+(?:me |us )?(.+)",
        rf"^\s*(?:an? )?{picture} of\s+(.+)",
    )
    for ask in asks:
        if match := re.search(ask, text, re.IGNORECASE | re.DOTALL):
            return re.sub(r"[\s,]*(please)?[\s?.!]*$", "", match[1], flags=re.IGNORECASE) or None
    return None


def _turn(message: dict) -> Turn:
    content = message.get("content")
    if not isinstance(content, list):
        return Turn(str(content or ""))
    turn, texts = Turn(""), []
    for part in content:
        part = part if isinstance(part, dict) else {"type": "text", "text": str(part)}
        if kind := KINDS.get(part.get("type", "")):
            value = part.get(part["type"])
            source = value.get("url") or value.get("data") if isinstance(value, dict) else value
            turn.media.append((kind, str(source or "")))
        elif part.get("text"):
            texts.append(str(part["text"]))
    turn.text = "\n".join(texts)
    return turn


def _answer(turns: list[Turn], voices: list[str]) -> str:
    if not turns:
        return f"You have not said anything yet. {ABILITIES}"
    now, before = turns[-1], turns[:-1]
    if not now.media and not now.text.strip():
        return f"Your message is empty. {ABILITIES}"
    text = in_english(now.text[:1000])  # these patterns are slow on very long texts
    if not now.media and (said := _echoed(now.text) or _greeted(text, before) or _recited(text)):
        return said
    parts = [_described(now.media)] if now.media else []
    drawn = _drawn(text)
    parts += [drawn] if drawn else []
    # "What is 3 times 4 and how bright is this picture?" asks for two things.
    for part in [text] if drawn or _summed(text, before) else re.split(r"\band\b|[?;]|[,.]\s", text):
        of_media = now.media and re.search(ABOUT_MEDIA, part, re.IGNORECASE)
        skills = (_summed, _clocked) if drawn or of_media else (_summed, _clocked, _looked_back, _helped)
        parts += [said for skill in skills if (said := skill(part, before))][:1]
    if parts:
        whole = "\n\n".join(dict.fromkeys(parts))
        return whole + (f"\n\nI speak as {', '.join(voices)}." if "### Voices" in whole and voices else "")
    words = len(now.text.split())
    count = f"I counted {words} word{'s' * (words != 1)} in your message, but I do not know what to do with them."
    return f"{count} {NO_MODEL} {ABILITIES}"


def _described(media: list[tuple[str, str]]) -> str:
    """A table for each thing that was sent."""
    parts: list[str] = []
    seen: dict[str, int] = {}
    for kind, source in media:
        seen[kind] = seen.get(kind, 0) + 1
        name = f"{kind.capitalize()} {seen[kind]}" if sum(k == kind for k, _ in media) > 1 else f"The {kind}"
        try:
            rows = MEASURES[kind](facts.read_data(source))
        except ValueError as wrong:
            parts.append(f"**{name}** could not be read: {wrong}.")
            continue
        table = "\n".join(f"| {label} | {value} |" for label, value in rows.items())
        parts.append(f"**{name}**, as measured:\n\n| Property | Measured |\n|---|---|\n{table}")
    if any("as measured" in part for part in parts):
        parts.append("What is to be seen or heard in it I cannot tell: this demo measures, and has no model.")
    return "\n\n".join(parts)


def _greeted(text: str, before: list[Turn]) -> str | None:
    if re.fullmatch(r"\W*(thanks?|thank you|thx|merci|danke)\b.{0,20}", text, re.IGNORECASE | re.DOTALL):
        return "You are welcome."
    if re.fullmatch(r"\W*(bye|goodbye|see you)\b.{0,20}", text, re.IGNORECASE | re.DOTALL):
        return "Goodbye. The conversation stays on the page until you clear it."
    words = r"\W*(hello|hi|hey|good (morning|afternoon|evening)|bonjour|hola|hallo|ciao|你好)\b.{0,20}"
    if not re.fullmatch(words, text, re.IGNORECASE | re.DOTALL):
        return None
    return f"Hello{' again' * bool(before)}! {NO_MODEL} {ABILITIES}"


def _echoed(text: str) -> str | None:
    match = re.fullmatch(r"\s*(?:please )?(?:say|repeat|echo|read aloud|pronounce)\b:?\s+(.+)", text, re.I | re.S)
    return match[1].strip().strip("\"“”'") if match else None


def _drawn(text: str) -> str | None:
    prompt = wants_picture(text)
    if not prompt:
        return None
    return (
        f"A picture of **{prompt}**: the demo's painter puts it together from words that it knows, without a model. "
        "It comes with this answer when pictures are among the things to answer with; "
        "the Image tab makes it too, with size, seed and more."
    )


def _summed(text: str, before: list[Turn]) -> str | None:
    try:
        return solve(text)
    except BadSum as wrong:
        return str(wrong)


def _clocked(text: str, before: list[Turn]) -> str | None:
    if not re.search(r"\b(what|which|tell|current|today)\b.*\b(time|date|day|year|month)\b|\btime is it\b", text, re.I):
        return None
    now = datetime.datetime.now().astimezone()
    return f"On this server's clock it is **{now:%H:%M}** ({now:%Z}) on {now:%A}, {now.day} {now:%B %Y}."


def _recited(text: str) -> str | None:
    kinds = r"story|essay|poem|article|novel|report|words|long"
    if not re.search(rf"\b(write|tell|compose|give)\b.*\b({kinds})\b|\blong (answer|text)\b", text, re.IGNORECASE):
        return None
    whole = "\n\n### ".join(GUIDE)
    return f"{NO_MODEL} So I cannot write that. What I can give at length is a true text about this page.\n\n{whole}"


def _helped(text: str, before: list[Turn]) -> str | None:
    """The parts of the guide whose words are in the text, at most two."""
    if re.search(r"\b(help|what can you|(who|what) are you|your skills|are you (an? )?\w*)\b", text, re.IGNORECASE):
        return f"{NO_MODEL} {ABILITIES}"
    parts = {part.removeprefix("### ").partition("\n")[0]: part.removeprefix("### ") for part in GUIDE}
    topics = [parts[head] for head, words in TOPICS.items() if re.search(rf"\b({words})\b", text, re.IGNORECASE)]
    return "\n\n".join(f"### {part.strip()}" for part in topics[:2]) or None


def _looked_back(text: str, before: list[Turn]) -> str | None:
    """A question about something sent earlier: the last of its kind, or the last of all."""
    kinds = {
        "picture": r"pictures?|images?|photos?|colou?rs?|bright\w*|sharp\w*",
        "recording": r"audio|recordings?|loud\w*|pitch",
        "video": r"videos?|clip|frame rate|fps",
        "": r"how (long|big|large|small)|what size|measure|describe",
    }
    for kind, words in kinds.items():
        sent = [medium for turn in before for medium in turn.media if kind in ("", medium[0])]
        if sent and re.search(rf"\b({words})\b", text, re.IGNORECASE):
            return "About what you sent earlier:\n\n" + _described(sent[-1:])
    return None
