"""Python with httpx."""

from textwrap import indent

from omni_ui.client import FileRef
from omni_ui.features.snippets import literals, readers
from omni_ui.features.snippets.plan import USUAL_ADDRESS, WAIT, Attachment, Plan

NEEDS = "# Needs: pip install httpx"
FAILED = """if answer.is_error:
    sys.exit(answer.text)
"""
LINES = '''

def split(answer):
    """The lines of a streamed answer, as they arrive."""
    rest = b""
    for data in answer.iter_bytes():
        *lines, rest = (rest + data).split(b"\\n")
        yield from lines
    yield rest
'''
READ_FILE = """
def read_base64(name):
    with open(name, "rb") as file:
        return base64.b64encode(file.read()).decode()

"""


def write(plan: Plan) -> str:
    body = _BODIES[plan.kind](plan)
    helpers = (READ_FILE if plan.refs else "") + (LINES if "split(answer)" in body else "")
    imports = sorted(
        name for name in ("base64", "io", "json", "os", "sys", "time", "wave") if f"{name}." in body + helpers + "os."
    )
    lines = "\n".join(f"import {name}" for name in imports)
    gap = "\n\n" if helpers else "\n"
    return f"{NEEDS}\n{lines}\n\nimport httpx\n{helpers}{gap}{setup(plan)}{body}"


def setup(plan: Plan) -> str:
    """Where to, and the key when there is one."""
    return (
        f"base_url = {address(plan)}\n"
        'key = os.environ.get("OMNI_API_KEY")\n'
        'headers = {"Authorization": f"Bearer {key}"} if key else {}\n\n'
    )


def address(plan: Plan) -> str:
    if plan.base_url:
        return literals.text(plan.base_url)
    return f'os.environ.get("OMNI_BASE_URL", "{USUAL_ADDRESS}")'


def literal(plan: Plan, value: object, depth: int = 4) -> str:
    """A Python expression; files in it are read where they stand."""

    def read(ref: FileRef) -> str:
        file = plan.attached[ref.path]
        call = f"read_base64({literals.text(file.name)})"
        return f'"data:{file.media_type};base64," + {call}' if ref.as_ == "data_url" else call

    return literals.python(value, read, depth)


def opened(field: str, file: Attachment) -> str:
    """A part of a form, with its name and type."""
    name = literals.text(file.name)
    kind = file.media_type.replace("video/", "audio/") if "audio" in field else file.media_type
    return f'({name}, open({name}, "rb"), "{kind}")'


def form(plan: Plan, depth: int = 4) -> dict[str, str]:
    """The fields of a form as Python expressions, those that come several times as a list."""
    fields: dict[str, list[str]] = {}
    for name, value in plan.form:
        plain = isinstance(value, str)
        written = literal(plan, value, depth + 4)
        fields.setdefault(name, []).append(written if plain else f"json.dumps({written})")
    return {name: values[0] if len(values) == 1 else f"[{', '.join(values)}]" for name, values in fields.items()}


def fields(plan: Plan, depth: int = 4) -> str:
    """The form as a dict."""
    space = " " * depth
    lines = "".join(f"{space}    {literals.text(name)}: {value},\n" for name, value in form(plan, depth).items())
    return "{\n" + lines + space + "}"


def files(plan: Plan, depth: int = 4) -> str:
    space = " " * depth
    lines = "".join(f"{space}    ({literals.text(field)}, {opened(field, file)}),\n" for field, file in plan.files)
    return f"[\n{lines}{space}]"


def _arguments(plan: Plan) -> str:
    arguments = f'    f"{{base_url}}{plan.call.path}",\n    headers=headers,\n'
    if plan.call.json is not None:
        arguments += f"    json={literal(plan, plan.call.json)},\n"
    if plan.form:
        arguments += f"    data={fields(plan)},\n"
    if plan.files:
        arguments += f"    files={files(plan)},\n"
    return arguments + f"    timeout={WAIT},\n"


def _post(plan: Plan) -> str:
    return f"answer = httpx.post(\n{_arguments(plan)})\n{FAILED}"


def _stream(plan: Plan, reader: str) -> str:
    """A reader over the lines of the answer, inside the block that holds the connection."""
    reader = reader.replace("in lines:", "in split(answer):")
    return (
        f'with httpx.stream(\n    "POST",\n{_arguments(plan)}) as answer:\n'
        "    if answer.is_error:\n        sys.exit(answer.read().decode())\n" + indent(reader, "    ")
    )


def _pictures(plan: Plan) -> str:
    reader = readers.fill(readers.PICTURES, plan.stem, plan.suffix)
    return _post(plan) + reader.replace('answer["data"]', 'answer.json()["data"]')


def _batch(plan: Plan) -> str:
    reader = readers.fill(readers.BATCH, plan.stem)
    return _post(plan) + reader.replace('answer["results"]', 'answer.json()["results"]')


def _save(plan: Plan, value: str) -> str:
    return f'with open("{plan.stem}.{plan.suffix}", "wb") as file:\n    file.write({value})\n'


def _file(plan: Plan) -> str:
    return _post(plan) + _save(plan, "answer.content")


def _speech_events(plan: Plan) -> str:
    first, rest = readers.SPEECH_EVENTS.split("\n", 1)
    reader, checks = rest.split("if not sound:", 1)
    end = f"if not sound:{checks}" + (readers.FIX_WAV if plan.suffix == "wav" else "")
    return f"{first}\n{_stream(plan, reader)}{end}{_save(plan, 'sound')}"


def _chat(plan: Plan) -> str:
    if plan.json.get("modalities") == ["text"]:
        return _stream(plan, readers.CHAT_TEXT.removesuffix("print()\n")) + "print()\n"
    first, rest = readers.CHAT_MEDIA.split("\n", 1)
    reader = rest.removesuffix("print()\n")
    return f"{first}\n{_stream(plan, reader)}print()\n{readers.fill(readers.SAVE_MEDIA, plan.stem)}"


def _video_job(plan: Plan) -> str:
    return (
        _post(plan)
        + f"""job = answer.json()
while job.get("status") in ("queued", "in_progress"):
    time.sleep(1)
    # A failed job comes with an error status and itself as the body.
    job = httpx.get(f"{{base_url}}/v1/videos/{{job['id']}}", headers=headers, timeout=60).json()
if job.get("status") != "completed":
    sys.exit(str(job.get("error")))

address = f"{{base_url}}/v1/videos/{{job['id']}}/content"
with httpx.stream("GET", address, headers=headers, timeout=60) as answer:
    answer.raise_for_status()
    with open("{plan.stem}.{plan.suffix}", "wb") as file:
        for data in answer.iter_bytes():
            file.write(data)
"""
    )


def _json(plan: Plan) -> str:
    return _post(plan) + "print(answer.text)\n"


_BODIES = {
    "pictures": _pictures,
    "batch": _batch,
    "sound": _file,
    "video": _file,
    "speech_events": _speech_events,
    "chat": _chat,
    "video_job": _video_job,
    "json": _json,
}
