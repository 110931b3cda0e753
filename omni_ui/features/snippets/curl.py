"""curl for bash and zsh. Answers that hold base64 go through python3, which every system with bash has at hand."""

import re
import shlex
from collections.abc import Callable

from omni_ui.client import FileRef
from omni_ui.features.snippets import readers
from omni_ui.features.snippets.plan import USUAL_ADDRESS, WAIT, Attachment, Plan, json_pieces

KEY = '-H "Authorization: Bearer ${OMNI_API_KEY:-none}"'
LONGEST = 100_000
"""Bytes. Linux takes one argument of at most 128 KiB; printf is part of the shell and has no such limit."""


def write(plan: Plan) -> str:
    base = shlex.quote(plan.base_url) if plan.base_url else f'"${{OMNI_BASE_URL:-{USUAL_ADDRESS}}}"'
    return f"base_url={base}\n{_COMMANDS.get(plan.kind, _json)(plan)}"


def quote(text: str) -> str:
    """Text for the shell. Control characters other than newlines would be eaten by a terminal: they are spelt out."""
    if not re.search(r"[\x01-\x09\x0b-\x1f\x7f]", text):
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return "$'" + re.sub(r"[\x01-\x1f\x7f]", lambda match: f"\\x{ord(match[0]):02x}", escaped) + "'"


def _send(plan: Plan, *options: str) -> str:
    """The call itself; what its body reads from files is piped in."""
    lines = [f'curl -sS --fail-with-body "$base_url{plan.call.path}"', KEY, f"--max-time {WAIT}", *options]
    if plan.call.json is not None:
        lines.append("-H 'Content-Type: application/json'")
        body, piped = _body(plan, plan.call.json)
        lines.append("--data-binary @-" if piped else f"--data-raw {body}")
    else:
        body, piped = "", False
        for name, value in plan.form:
            if isinstance(value, str):
                lines.append(f"--form-string {quote(f'{name}={value}')}")
            else:
                lines.append(f"-F {quote(f'{name}=<-')}")
                body, piped = _body(plan, value)
        lines += [f"-F {quote(_part(field, file))}" for field, file in plan.files]
    command = " \\\n  ".join(lines)
    return f"{body} |\n{command}" if piped else command


def _part(field: str, file: Attachment) -> str:
    name = file.name.replace("\\", "\\\\").replace('"', '\\"')
    kind = file.media_type.replace("video/", "audio/") if "audio" in field else file.media_type
    return f'{field}=@"{name}";type={kind}'


def _body(plan: Plan, value: object) -> tuple[str, bool]:
    """JSON as one quoted word; or, when files belong into it or it is too long for one, commands that print it."""
    pieces = json_pieces(value, indent=2)
    if len(pieces) == 1:
        text = str(pieces[0])
        piped = len(text.encode()) > LONGEST
        return f"printf '%s' {quote(text)}" if piped else quote(text), piped
    lines = []
    for piece, ref in zip(pieces[::2], [*pieces[1::2], None], strict=True):
        if not isinstance(ref, FileRef):  # the piece after the last file
            lines.append(f"printf '%s' {quote(str(piece))}")
            continue
        file = plan.attached[ref.path]
        start = f"data:{file.media_type};base64," if ref.as_ == "data_url" else ""
        lines.append(f"printf '%s' {quote(f'{piece}{start}')}")
        lines.append(f"base64 < {quote(file.name)} | tr -d '\\n'")
    return "{\n  " + "\n  ".join(lines) + "\n}", True


def _python(*lines: str) -> str:
    """A Python program as an argument: it holds no apostrophes."""
    return "python3 -c '" + "".join(lines).rstrip() + "'\n"


ANSWER = """import base64, json, sys
text = sys.stdin.read()
answer = json.loads(text) if text.lstrip().startswith("{") else {}
if "error" in answer or "{key}" not in answer:
    sys.exit(text)
"""


def _pictures(plan: Plan) -> str:
    return f"{_send(plan)} |\n" + _python(
        ANSWER.replace("{key}", "data"), readers.fill(readers.PICTURES, plan.stem, plan.suffix)
    )


def _batch(plan: Plan) -> str:
    return f"{_send(plan)} |\n" + _python(ANSWER.replace("{key}", "results"), readers.fill(readers.BATCH, plan.stem))


def _file(plan: Plan) -> str:
    return f"{_send(plan, f'--output {plan.stem}.{plan.suffix}')}\n"


def _speech_events(plan: Plan) -> str:
    reader = readers.SPEECH_EVENTS + (readers.FIX_WAV if plan.suffix == "wav" else "")
    save = f'with open("{plan.stem}.{plan.suffix}", "wb") as file:\n    file.write(sound)\n'
    head = "import base64, json, sys\nlines = sys.stdin.buffer\n"
    return f"{_send(plan, '--no-buffer')} |\n" + _python(head, reader, save)


def _chat(plan: Plan) -> str:
    if plan.json.get("modalities") == ["text"]:
        reader = "import json, sys\nlines = sys.stdin.buffer\n" + readers.CHAT_TEXT
    else:
        head = "import base64, io, json, sys, wave\nlines = sys.stdin.buffer\n"
        reader = head + readers.CHAT_MEDIA + readers.fill(readers.SAVE_MEDIA, plan.stem)
    return f"{_send(plan, '--no-buffer')} |\n" + _python(reader)


def _video_job(plan: Plan) -> str:
    """In a subshell, so that a failure ends it and not the shell it is pasted into.

    The polls take any status: a failed job comes with an error status and itself as the body.
    """
    key = f"{KEY} "
    return f"""(
set -e
field() {{ python3 -c 'import json, sys; print(json.load(sys.stdin).get(sys.argv[1]))' "$1"; }}

job=$({_send(plan)}) || {{ printf '%s\\n' "$job" >&2; exit 1; }}
id=$(printf '%s' "$job" | field id)
while :; do
  job=$(curl -sS {key}"$base_url/v1/videos/$id")
  case $(printf '%s' "$job" | field status) in
    completed) break ;;
    queued|in_progress) sleep 1 ;;
    *) printf '%s\\n' "$job" >&2; exit 1 ;;
  esac
done
curl -sS --fail-with-body {key}"$base_url/v1/videos/$id/content" --output {plan.stem}.{plan.suffix}
)
"""


def _json(plan: Plan) -> str:
    return f"{_send(plan)}\n"


_COMMANDS: dict[str, Callable[[Plan], str]] = {
    "pictures": _pictures,
    "batch": _batch,
    "sound": _file,
    "video": _file,
    "speech_events": _speech_events,
    "chat": _chat,
    "video_job": _video_job,
}
