"""Scripts as people paste them: out of chats, documents, subtitles and the examples of speech models.

A line begins with who speaks: `Alice: …`, `**Alice:** …`, `- Alice: …`, `[00:01] Alice: …`, `[S1] …`, `Speaker 1: …`,
`爱丽丝：…`. Stage directions are not spoken: `[laughs]`, `(whispering)`; `[pause 2s]` becomes silence.
"""

import re
from dataclasses import dataclass, field

from omni_ui.features.speech.script_forms import as_lines

LONGEST_PAUSE = 30.0
"""Seconds of silence that a direction may ask for."""
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_CUE = re.compile(rf"\s*(?:\d{{1,2}}:)?{_TIME}\s+-->\s+.*")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>\n]{1,40})>")
_MARKUP = re.compile(r"</?(?:v|i|b|u|c|font|lang|ruby|rt)(?:[.\s][^<>]{0,60})?>")
_LEAD = re.compile(
    r"\s*(?:>+\s*|#{1,6}\s+|[-*+•–—]\s+|\d{1,3}[.)]\s+"
    rf"|[\[(]{_TIME}(?:\s*[-–]\s*{_TIME})?[\])]\s*[-–:]?\s*|{_TIME}\s+(?:[-–]\s+)?(?=[^\n:：]{{1,40}}[:：]))"
)
_MARKED = re.compile(r"\s*(\*{1,3}|_{1,3})([^*_\n]{1,42}?)\s*(?:([:：])\s*\1|\1\s*([:：]))\s*(.*)")
_TAG = re.compile(r"\[(?=(?:S|Speaker[ _]?|Spk[ _]?|SPEAKER_)\d{1,2}\])", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[\[【]([^\]】\n]{1,40})[\]】]\s*([:：]?)\s*(.*)")
_COLON = re.compile(r"\s*([^\W\d_][^\n:：\[\]]{0,39}?)\s*[:：](?!//)\s*(.*)")
_BESIDE = re.compile(r"(.{1,36}?)\s*[(（]([^()（）\n]{1,60})[)）]$")
_DIRECTION = re.compile(
    r"[\[【]([^\]】\n]{1,80})[\]】]|[(（]([^()（）\n]{1,80})[)）]|(?<!\*)\*([^*\n]{1,40})\*(?!\*)|<([^<>\n]{1,40})>"
)
_PAUSE = re.compile(
    r"(?:long |short |brief )?(?:pause|silence|beat|wait|停顿)s?(?:\s*(?:for|of|:|=)?\s*(\d{1,5}(?:\.\d{1,3})?)"
    r"\s*(ms|s|sec|secs|seconds?|秒)?)?", re.IGNORECASE,
)  # fmt: skip
_SECONDS = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)\s*(ms|s|sec|secs|seconds?|秒)(?:\s+pause)?", re.IGNORECASE)
_ACTS = re.compile(
    r"\b(?:laugh|chuckl|giggl|sigh|cough|gasp|whisper|shout|yell|scream|cry|sob|sniff|groan|moan|breath|inhal|exhal|"
    r"clear|throat|music|applause|cheer|sound|sfx|fx|silence|pause|beat|smil|nod|excited|angr|sad|happ|soft|quiet|loud|"
    r"slow|door|phone|knock|fade|intro|outro|enter|exit|mumbl|hum|sing|snort|yawn|claps?|burp|voice over|off screen|"
    r"o\.s\.|v\.o\.)|笑|叹|哭|咳|停顿|音乐|小声|低声|掌声", re.IGNORECASE,
)  # fmt: skip
_NO_NAMES = {"note", "notes", "ps", "p.s", "example", "warning", "tip", "remember", "http", "https", "mailto", "but",
             "and", "so", "because", "reminder", "question", "i.e", "e.g", "such as", "that is"}  # fmt: skip
_SETTINGS = {"scene", "setting", "title", "act", "sfx", "sound", "music", "cast", "characters", "location", "time",
             "场景", "标题", "音乐", "音效"}  # fmt: skip
_ROLES = {"speaker", "person", "host", "guest", "narrator", "voice", "man", "woman", "girl", "boy", "caller", "the",
          "player", "agent", "character", "interviewer", "actor", "old", "young"}  # fmt: skip
_TITLES = {"dr", "mr", "mrs", "ms", "prof", "st"}
_PARTICLES = {"of", "the", "von", "van", "de", "del", "la", "le", "da", "and", "&", "di", "bin", "al"}


@dataclass
class Turn:
    """What one speaker says at once. pause: seconds of silence after it, where the script asks for some."""

    speaker: str
    text: str
    pause: float | None = None


@dataclass
class Script:
    """The turns of a script, and what of it is not spoken."""

    turns: list[Turn] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_script(text: str) -> Script:
    """The turns, in order. What stands before the first name has the speaker ""."""
    script = Script()
    spelled: dict[str, str] = {}
    lines = [_bare(line) for line in _lines(as_lines(text))]
    labels = [_label(line) for line in lines]
    counted: dict[str, int] = {}
    for label in labels:
        if label:
            counted[label[0].lower()] = counted.get(label[0].lower(), 0) + 1
    lines_of: list[tuple[str, list[str]]] = []
    for line, label in zip(lines, labels, strict=True):
        name = label[0] if label else ""
        if label and name.lower() in _SETTINGS:
            script.left_out.append(line)
        elif label and (label[2] or _is_name(name, counted[name.lower()])):
            if beside := _BESIDE.fullmatch(name):
                name = beside[1].strip()
                script.left_out.append(f"({beside[2]})")
            lines_of.append((spelled.setdefault(name.lower(), name), [label[1]]))
        elif line.strip():
            if not lines_of:
                lines_of.append(("", []))
            lines_of[-1][1].append(line.strip())
    for speaker, said in lines_of:
        script.turns += _without_directions(speaker, " ".join(filter(None, said)), script.left_out)
    script.left_out = list(dict.fromkeys(script.left_out))
    return script


def _lines(text: str) -> list[str]:
    """The lines that are spoken: without the frame of subtitles, and with a line for each tag such as [S1]."""
    text = _TAG.sub("\n[", text)
    timed = re.search(rf"^[ \t]*(?:\d\d:)?{_TIME}[ \t]+-->", text, re.MULTILINE)
    if not (timed or text.lstrip("\ufeff \n").startswith("WEBVTT")):
        return text.splitlines()
    lines: list[str] = []
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        rows = block.strip().split("\n")
        place = next((number for number, row in enumerate(rows[:3]) if _CUE.fullmatch(row)), None)
        if place is not None:
            said = [_MARKUP.sub("", _VOICE.sub(r"\n\1: ", row)) for row in rows[place + 1 :]]
            lines += [line for row in said for line in row.splitlines()]
        elif not rows[0].startswith(("WEBVTT", "NOTE", "STYLE", "REGION")):
            lines += rows
    return lines


def _bare(line: str) -> str:
    """The line without what comes before a name: a bullet, a number, a time."""
    for _ in range(4):
        lead = _LEAD.match(line)
        if not lead or lead.end() == len(line):
            break
        line = line[lead.end() :]
    return line


def _label(line: str) -> tuple[str, str, bool] | None:
    """(name, the rest of the line, whether the name is certain) of a line that may begin with a speaker."""
    if marked := _MARKED.fullmatch(line):
        return marked[2].strip(" :："), marked[5], False
    if brackets := _BRACKETS.fullmatch(line):
        name = brackets[1].strip()
        if brackets[2] or not _is_direction(name):
            return (name, brackets[3], True) if len(name.split()) <= 4 and not re.fullmatch(_TIME, name) else None
        return None
    if colon := _COLON.fullmatch(line):
        return colon[1].strip(" *_"), colon[2].lstrip("*_ "), False
    return None


def _is_name(name: str, times: int) -> bool:
    """Whether words before a colon are a speaker, and no part of a sentence."""
    words = re.sub(r"\s*[(（][^()（）]*[)）]$", "", name).split()
    if not words or len(words) > 4 or name.lower() in _NO_NAMES:
        return False
    if re.search(r"[,.!?;。！？，]$", words[0]):
        return words[0].rstrip(".").lower() in _TITLES
    if len(words) == 1 or times > 1 or words[0].lower() in _ROLES:
        return True
    return all(not word[0].islower() or word.lower() in _PARTICLES for word in words)


def _is_direction(words: str) -> bool:
    """Whether words in brackets say how, and not who: they begin in small letters, or name an act or a sound."""
    return bool(_pause_in(words.strip()) or words[:1].islower() or _ACTS.search(words))


def _without_directions(speaker: str, text: str, left_out: list[str]) -> list[Turn]:
    """The text as turns, cut where a pause is asked for."""
    turns: list[Turn] = []
    said, at = "", 0
    for match in _DIRECTION.finditer(text):
        words = next(group for group in match.groups() if group is not None).strip()
        begins = not said.strip() and not text[at : match.start()].strip()
        rounded = match[2] is not None
        short = len(words.split()) <= 6
        direction = _is_direction(words) if match[1] is not None else (
            (rounded and begins and short and not words[:1].isdigit()) or (short and bool(_ACTS.search(words)))
            or bool(_pause_in(words))
        )  # fmt: skip
        if not direction:
            continue
        said += text[at : match.start()]
        at = match.end()
        pause = _pause_in(words)
        if pause and said.strip():
            turns.append(Turn(speaker, _tidy(said), _seconds(pause)))
            said = ""
        elif pause and turns:
            turns[-1].pause = min((turns[-1].pause or 0) + _seconds(pause), LONGEST_PAUSE)
        elif not pause:
            left_out.append(match[0])
    said += text[at:]
    if _tidy(said):
        turns.append(Turn(speaker, _tidy(said)))
    return turns


def _tidy(text: str) -> str:
    """Without marks of Markdown and the double spaces that directions leave."""
    text = re.sub(r"(\*{1,3}|(?<!\w)_{1,3}(?=\S))(\S(?:[^*\n]{0,2000}?\S)?)\1", r"\2", text)
    return re.sub(r"\s+([,.!?;:])", r"\1", re.sub(r"[ \t]{2,}", " ", text)).strip()


def _pause_in(words: str) -> re.Match[str] | None:
    """Words that ask for silence: "pause 2s", "long pause", "2s"."""
    return _PAUSE.fullmatch(words) or _SECONDS.fullmatch(words)


def _seconds(pause: re.Match[str]) -> float:
    number = float(pause[1]) if pause[1] else 1.0
    return min(number / 1000 if pause[2] and pause[2].lower() == "ms" else number, LONGEST_PAUSE)
