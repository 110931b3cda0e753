"""Python with the openai package (2.x and 3.x), where it has the call; else through its client.post.

Nothing but that package is used: 2.x brings httpx and 3.x does not. Answers that are files are asked for as its own
`HttpxBinaryResponseContent`, which both have.

Parameters that the package does not know go into `extra_body`. Its calls for videos are on their way out (they belong
to a product that ends) and so are not used.
"""

from collections.abc import Collection

from omni_ui.features.snippets import literals, readers
from omni_ui.features.snippets.plan import WAIT, Plan
from omni_ui.features.snippets.python_httpx import READ_FILE, address, files, form, literal, opened

NEEDS = '# Needs: pip install "openai>=2"'
BINARY = "openai.HttpxBinaryResponseContent"
PICTURES = {"prompt", "model", "n", "size", "output_format", "output_compression"}
EDITS = {*PICTURES, "background", "stream"}
CHAT = {"model", "messages", "modalities", "temperature", "max_tokens", "seed", "top_p", "presence_penalty"}
CHAT |= {"frequency_penalty"}
SPEECH = {"input", "model", "voice", "instructions", "response_format", "speed", "stream_format"}
"""What the calls of that package have as arguments: its facts, so no field of ours could say them."""


def write(plan: Plan) -> str:
    body = _BODIES[plan.kind](plan)
    code = (READ_FILE if plan.refs else "") + body + "os."
    names = [name for name in ("base64", "io", "json", "os", "sys", "time", "wave") if f"{name}." in code]
    imports = "".join(f"import {name}\n" for name in names) + "\n"
    imports += "import openai\n" if "openai." in body else ""
    imports += f"from openai import OpenAI{', omit' if '=omit,' in body else ''}"
    helper = READ_FILE + "\n\n" if plan.refs else "\n"
    base = literals.text(f"{plan.base_url}/v1") if plan.base_url else f'{address(plan)} + "/v1"'
    return f"""{NEEDS}
{imports}
{helper}client = OpenAI(
    base_url={base},
    api_key=os.environ.get("OMNI_API_KEY") or "none",
    timeout={WAIT},
)
{body}"""


def _call(
    plan: Plan, arguments: dict[str, str], call: str, named: Collection[str], needed: Collection[str] = ()
) -> str:
    """A call of the package: what it knows by name, the rest in extra_body; what it insists on is left out by omit."""
    lines = "".join(f"    {name}={value},\n" for name, value in arguments.items() if name in named)
    lines += "".join(f"    {name}=omit,\n" for name in needed if name not in arguments)
    rest = {name: value for name, value in arguments.items() if name not in named}
    if rest:
        extra = "".join(f"        {literals.text(name)}: {value},\n" for name, value in rest.items())
        lines += f"    extra_body={{\n{extra}    }},\n"
    return f"{call}(\n{lines})\n"


def _values(plan: Plan, body: dict[str, object], typed: Collection[str]) -> dict[str, str]:
    return {name: literal(plan, value, 4 if name in typed else 8) for name, value in body.items()}


def _pictures(plan: Plan) -> str:
    if plan.call.path == "/v1/images/edits":
        return _edit(plan) + _save_pictures(plan, typed=_edits_alone(plan))
    values = _values(plan, plan.json, PICTURES)
    return "answer = " + _call(plan, values, "client.images.generate", PICTURES) + _save_pictures(plan, typed=True)


def _save_pictures(plan: Plan, typed: bool) -> str:
    reader = readers.fill(readers.PICTURES, plan.stem, plan.suffix)
    if not typed:
        return reader
    return reader.replace('answer["data"]', "answer.data").replace('picture["b64_json"]', "picture.b64_json")


def _edits_alone(plan: Plan) -> bool:
    """Whether the package's edits can carry the files: it knows pictures to edit, and a mask under another name."""
    return {field for field, _ in plan.files} == {"image"}


def _edit(plan: Plan) -> str:
    if not _edits_alone(plan):
        return "# The package has no arguments for these files, so this sends the form itself.\n" + _post_form(plan)
    pictures = "".join(f"        {opened(field, file)},\n" for field, file in plan.files)
    values = {"image": f"[\n{pictures}    ]", **form(plan)}
    for name in ("n", "output_compression"):
        if name in values:
            values[name] = values[name].strip('"')
    return "answer = " + _call(plan, values, "client.images.edit", EDITS | {"image"})


def _post_form(plan: Plan) -> str:
    """A form of the server's own. An empty list of files still makes it a form."""
    lines = "".join(f"        {literals.text(name)}: {value},\n" for name, value in form(plan).items())
    return f"""answer = client.post(
    "{plan.call.path.removeprefix("/v1")}",
    cast_to=object,
    body={{
{lines}    }},
    files={files(plan) if plan.files else "[]"},
    options={{"headers": {{"Content-Type": "multipart/form-data"}}}},
)
"""


def _save(plan: Plan, value: str) -> str:
    return f'with open("{plan.stem}.{plan.suffix}", "wb") as file:\n    file.write({value})\n'


def _file(plan: Plan) -> str:
    if plan.call.path == "/v1/audio/speech":
        values = _values(plan, plan.json, SPEECH)
        call = _call(plan, values, "client.audio.speech.create", SPEECH, ("model", "voice"))
        return f"answer = {call}" + _save(plan, "answer.content")
    if plan.call.json is None:
        return _post_form(plan).replace("cast_to=object", f"cast_to={BINARY}") + _save(plan, "answer.content")
    return f"""# The package has no call for sounds, so this posts to the server's own route.
answer = client.post(
    "{plan.call.path.removeprefix("/v1")}",
    cast_to={BINARY},
    body={literal(plan, plan.json)},
)
""" + _save(plan, "answer.content")


def _speech_events(plan: Plan) -> str:
    values = _values(plan, plan.json, SPEECH)
    call = _call(plan, values, "client.audio.speech.with_streaming_response.create", SPEECH, ("model", "voice"))
    first, rest = readers.SPEECH_EVENTS.split("\n", 1)
    reader, checks = rest.split("if not sound:", 1)
    # Its lines hold base64 and plain words only, so they may be split as text.
    reader = reader.replace("in lines:", "in answer.iter_lines():").replace('b"data:"', '"data:"')
    indented = "".join(f"    {line}\n" for line in reader.splitlines())
    end = f"if not sound:{checks}" + (readers.FIX_WAV if plan.suffix == "wav" else "")
    return f"{first}\nwith {call.rstrip()} as answer:\n{indented}{end}{_save(plan, 'sound')}"


def _batch(plan: Plan) -> str:
    return f"""# The package has no call for batches, so this posts to the server's own route.
answer = client.post("{plan.call.path.removeprefix("/v1")}", cast_to=object, body={literal(plan, plan.json, 0)})
""" + readers.fill(readers.BATCH, plan.stem)


def _chat(plan: Plan) -> str:
    """The whole answer at once: the package's stream would lose what servers of pictures answer in one piece."""
    body = {name: value for name, value in plan.json.items() if name not in ("stream", "stream_options")}
    call = "answer = " + _call(plan, _values(plan, body, CHAT), "client.chat.completions.create", CHAT, ("model",))
    if body.get("modalities") == ["text"]:
        return call + "print(answer.choices[0].message.content)\n"
    return (
        call
        + """pictures, sounds = [], []
for choice in answer.choices:
    content = choice.message.content or ""
    # Pictures come as parts of the content, which the package hands on as they are.
    for part in [{"text": content}] if isinstance(content, str) else content:
        if "image_url" in part:
            pictures.append(base64.b64decode(part["image_url"]["url"].partition(",")[2]))
        print(part.get("text", ""), end="")
    if choice.message.audio:
        sounds.append(base64.b64decode(choice.message.audio.data))
print()
"""
        + readers.fill(readers.SAVE_MEDIA, plan.stem)
    )


def _video_job(plan: Plan) -> str:
    return (
        _post_form(plan).replace("answer = ", "job = ")
        + """while job["status"] in ("queued", "in_progress"):
    time.sleep(1)
    try:
        job = client.get(f"/videos/{job['id']}", cast_to=object, options={"max_retries": 0})
    except openai.APIStatusError as failed:  # a failed job comes with an error status
        sys.exit(str(failed))

content = client.get(f"/videos/{job['id']}/content", cast_to=BINARY).content
""".replace("BINARY", BINARY)
        + _save(plan, "content")
    )


def _json(plan: Plan) -> str:
    return _post_form(plan) + "print(json.dumps(answer, indent=2))\n"


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
