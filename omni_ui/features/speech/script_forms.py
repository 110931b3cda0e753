"""Other forms of scripts, put into lines of `Name: text`, which `script_text` reads.

Chats (`[12/03/24, 10:32] Alice: …`, `<Alice> …`), transcripts (`Alice (00:12)` above its text, Whisper's times), screen
plays (`ALICE` above her text), tables, HTML and SSML, JSON, subtitles of ASS, and `Alice — …`.
"""

import html
import json
import re
from collections import Counter

_UNSEEN = re.compile("[\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
"""Marks that have no width; those between letters of Persian or Hindi, which are heard, are none of them."""
_BREAK = re.compile(r"<br\s{0,3}/?>|</(?:p|div|li|tr)>", re.IGNORECASE)
_TAGS = re.compile(
    r"</?(?:p|b|i|u|em|strong|span|div|li|ul|ol|font|speak|voice|prosody|s|sub|emphasis)(?:\s[^<>]{0,200})?>"
)
_SSML = re.compile(r"<break\s[^<>]{0,60}?time=[\"'](\d{1,5}(?:\.\d{1,3})?)(ms|s)[\"'][^<>]{0,60}>", re.IGNORECASE)
_SOON_A_COLON = r"(?=[^\n:：]{1,40}[:：])"
_EMOJI = re.compile("^[\\s\u2600-\u27bf\ufe0f\u200d\U0001f000-\U0001faff]{1,20}(?=\\S)" + _SOON_A_COLON)
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?(?:\s?[AaPp]\.?[Mm]\b\.?)?"
_DATE = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s{1,3})?"
_STAMP = re.compile(
    rf"\s*(?:[\[(]{_DATE}{_CLOCK}(?:\s*(?:-->|[-–—])\s*{_CLOCK})?[\])]\s*(?:[-–—:]\s+)?"
    rf"|{_DATE}{_CLOCK}\s+(?:[-–—]\s+)?(?=\D){_SOON_A_COLON})"
)
_ONE_NAME = r"[^\W\d_][^\n:：\[\](){}<>|\"“”*#]{0,38}?"
_CAPITALISED = r"[^\W\d_a-z][\w.'’-]{0,20}(?: (?:[^\W\d_a-z][\w.'’-]{0,20}|\d{1,3})){0,2}"
_TIME_AFTER = re.compile(
    rf"\s*[*_]{{0,3}}({_CAPITALISED})[*_]{{0,3}}\s*,?\s+[\[(]?{_DATE}{_CLOCK}[\])]?\s*(?:([:：])[*_]{{0,3}}\s*(.*))?"
)
_QUOTED = re.compile(rf"\s*[\"“«']({_ONE_NAME})[\"”»']\s*[:：]\s*(.*)")
_VERB = re.compile(
    rf"\s*(?!(?:He|She|It|We|You|They|I|Who)\b)({_CAPITALISED})\s+(?:says?|said|asks?|asked|replie[sd]|whispers?|shouts?)"
    rf"\s*[:：]\s*(.*)|\s*({_ONE_NAME})[说說问問答道喊]\s*[:：]\s*([“「『\"].*)"
)
_ANGLED = re.compile(r"\s*<@?([^\W\d_][\w .'-]{0,30})>\s*[:：]?\s+(\S.*)")
_NAMED_ALONE = re.compile(rf"\s*(?:(\*{{1,3}}|_{{1,3}})({_ONE_NAME})\1|#{{1,6}}\s+({_ONE_NAME}))\s*[:：]?\s*")
_CAPITALS = re.compile(
    r"\s*([^\W\d_][^\n:：\[\](){}<>|a-z.!?,;]{0,38}?)\s*(?:\((?:CONT['’]?D|V\.?O\.?|O\.?S\.?|O\.?C\.?)\))?\s*"
)
_ROW = re.compile(r"\s*\|([^|\n]{1,60})\|([^|\n]+)\|?\s*")
_RULE = re.compile(r"[\s|:*_-]*")
_ASS = re.compile(r"Dialogue:\s*[^,\n]*,[^,\n]*,[^,\n]*,[^,\n]*,([^,\n]*),[^,\n]*,[^,\n]*,[^,\n]*,[^,\n]*,(.*)")
_SEPARATED = re.compile(r"\s*([^\W\d_][\w.'’]{0,20}(?: [^\W\d_][\w.'’]{0,20}){0,2})(?:\s+[—–-]\s+|\t+)(\S.*)")
_HEADS = {"speaker", "name", "character", "who", "role", "说话人", "角色"}
_SPEAKERS = ("speaker", "name", "character", "role", "voice", "from", "speaker_id")
_SAID = ("text", "line", "content", "dialogue", "utterance", "message", "value", "transcript")
_LISTS = ("dialogue", "segments", "script", "lines", "turns", "messages", "conversation", "utterances", "transcript")


def as_lines(text: str) -> str:
    """The script in lines of `Name: text`. A text that has none of these forms comes back as it is."""
    text = _of_json(text) or _UNSEEN.sub("", text)
    if "<" in text:
        text = _SSML.sub(r"[pause \1\2]", text)
        text = html.unescape(_TAGS.sub("", _BREAK.sub("\n", text)))
    lines = [_line(line) for line in text.split("\n")]
    lines = _above(_timed(_angled(lines)))
    return "\n".join(_separated(lines))


def _of_json(text: str) -> str:
    """The turns of a list of objects, or of an object that holds one; "" for anything else."""
    if text.lstrip()[:1] not in ("[", "{") or '"' not in text:
        return ""
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if isinstance(held, dict):
        held = next((held[key] for key in _LISTS if isinstance(held.get(key), list)), None)
    lines: list[str] = []
    for turn in held if isinstance(held, list) else []:
        speaker = (
            next((turn[key] for key in _SPEAKERS if turn.get(key) is not None), "") if isinstance(turn, dict) else ""
        )
        said = (
            next((turn[key] for key in _SAID if isinstance(turn.get(key), str)), "") if isinstance(turn, dict) else ""
        )
        name = f"Speaker {speaker}" if isinstance(speaker, int) else speaker if isinstance(speaker, str) else ""
        said = " ".join(said.split())
        lines += [f"{' '.join(name.split())[:40]}: {said}" if name.strip() else said] if said else []
    return "\n".join(lines)


def _line(line: str) -> str:
    """One line without its stamp; a name with a time after it, in quotes, or in a table, as `Name:`."""
    if "-->" in line and not line.lstrip().startswith(("[", "(")):
        return line  # the frame of subtitles
    if emoji := _EMOJI.match(line):
        line = line[emoji.end() :]
    if stamp := _STAMP.match(line):
        line = line[stamp.end() :] or line
    if spoken := _ASS.match(line):
        return f"{spoken[1]}: {spoken[2]}" if spoken[1].strip() else spoken[2]
    if row := _ROW.fullmatch(line):
        name = row[1].strip(" *_")
        return "" if name.lower() in _HEADS or _RULE.fullmatch(line) else f"{name}: {row[2].strip()}"
    if _RULE.fullmatch(line):
        return ""
    if quoted := _QUOTED.fullmatch(line):
        return f"{quoted[1].strip()}: {quoted[2]}"
    if verb := _VERB.fullmatch(line):
        return f"{verb[1] or verb[3]}: {verb[2] or verb[4] or ''}"
    return line


def _angled(lines: list[str]) -> list[str]:
    """`<Alice> Hi`, where the lines of a chat begin so; one alone is a stage direction."""
    said = [_ANGLED.fullmatch(line) for line in lines]
    if sum(match is not None for match in said) < 2:
        return lines
    return [f"{match[1].strip()}: {match[2]}" if match else line for line, match in zip(lines, said, strict=True)]


def _timed(lines: list[str]) -> list[str]:
    """`Alice (00:12): Hi`, and `Alice 00:12` alone above what is said."""
    matches = [_TIME_AFTER.fullmatch(line) for line in lines]
    followed = [bool(after.strip()) for after in [*lines[1:], ""]]
    heads = [match is not None and (match[2] or more) for match, more in zip(matches, followed, strict=True)]
    if sum(map(bool, heads)) < 2:
        return lines
    rows = zip(lines, matches, heads, strict=True)
    return [f"{match[1]}: {match[3] or ''}" if match and head else line for line, match, head in rows]


def _above(lines: list[str]) -> list[str]:
    """Names that stand alone above what is said: in bold, as headings, or in capitals as in screen plays."""
    followed = [bool(after.strip()) and ":" not in after[:40] for after in [*lines[1:], ""]]
    marked = [_NAMED_ALONE.fullmatch(line) if more else None for line, more in zip(lines, followed, strict=True)]
    names = [(match[2] or match[3] or "").strip() if match else "" for match in marked]
    if sum(map(bool, names)) < 2:
        names = [_in_capitals(line) if more else "" for line, more in zip(lines, followed, strict=True)]
    if sum(map(bool, names)) < 2 or any(len(name.split()) > 4 for name in names):
        return lines
    return [f"{name}: " if name else line for line, name in zip(lines, names, strict=True)]


def _in_capitals(line: str) -> str:
    match = _CAPITALS.fullmatch(line)
    name = match[1].strip() if match else ""
    return name if name.isupper() and len(name) > 1 and not name.startswith(("INT", "EXT", "FADE", "CUT")) else ""


def _separated(lines: list[str]) -> list[str]:
    """`Alice — Hi`, where every line is one and somebody speaks twice, or two speak in turn."""
    spoken = [line for line in lines if line.strip()]
    matches = [_SEPARATED.fullmatch(line) for line in spoken]
    if len(spoken) < 2 or not all(matches):
        return lines
    counts = Counter(match[1] for match in matches if match)
    if len(counts) > max(2, len(spoken) // 2):
        return lines
    return [f"{match[1]}: {match[2]}" for match in matches if match]
