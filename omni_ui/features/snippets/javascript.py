"""JavaScript for node 20 or newer, as a module (.mjs), with nothing to install."""

from typing import Any

from omni_ui.client import FileRef
from omni_ui.features.snippets import literals
from omni_ui.features.snippets.plan import USUAL_ADDRESS, Attachment, Plan, json_pieces, too_long_for_javascript

CHECK = "if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);\n"

LINES = """
// The lines of a streamed answer, as they arrive.
async function* split(answer) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const data of answer.body) {
    const lines = (rest + decoder.decode(data, { stream: true })).split("\\n");
    rest = lines.pop();
    yield* lines;
  }
  yield rest;
}
"""

SPEECH_EVENTS = """const pieces = [];
for await (const line of split(answer)) {
  if (!line.startsWith("data:")) continue;
  const event = JSON.parse(line.slice(5));
  if (event.error) throw new Error(event.error.message);
  if (event.audio) pieces.push(Buffer.from(event.audio, "base64"));
}
const sound = Buffer.concat(pieces);
if (!sound.length) throw new Error("The server sent no sound.");
"""

FIX_WAV = """// The header was sent before the length was known: put it in.
sound.writeUInt32LE(sound.length - 8, 4);
sound.writeUInt32LE(sound.length - 44, 40);
"""

CHAT = """const pictures = [];
const sounds = [];
for await (let line of split(answer)) {
  line = line.replace(/^data:/, "").trim();
  if (!line || line === "[DONE]") continue;
  const chunk = JSON.parse(line);
  if (chunk.error) throw new Error(chunk.error.message);
  for (const choice of chunk.choices) {
    const said = choice.delta ?? choice.message ?? {};
    const content = said.content ?? "";
    if (chunk.modality === "audio") {
      sounds.push(Buffer.from(content, "base64"));
      continue;
    }
    for (const part of typeof content === "string" ? [{ text: content }] : content) {
      if (part.image_url) pictures.push(Buffer.from(part.image_url.url.split(",")[1], "base64"));
      process.stdout.write(part.text ?? "");
    }
    if (said.audio) sounds.push(Buffer.from(said.audio.data, "base64"));
  }
}
process.stdout.write("\\n");
"""

SAVE_MEDIA = """for (const [at, picture] of pictures.entries()) await writeFile(`{stem}-${at + 1}.png`, picture);
if (sounds.length) {
  // Each piece is a WAV file of its own: keep the first header and join the samples.
  const start = sounds[0].indexOf("data") + 8;
  const samples = Buffer.concat(sounds.map((one) => one.subarray(one.indexOf("data") + 8)));
  const header = Buffer.from(sounds[0].subarray(0, start));
  header.writeUInt32LE(start - 8 + samples.length, 4);
  header.writeUInt32LE(samples.length, start - 4);
  await writeFile("{stem}.wav", Buffer.concat([header, samples]));
}
"""

BATCH = """const suffixes = { "audio/wav": "wav", "audio/flac": "flac", "audio/mpeg": "mp3", "audio/ogg": "ogg" };
for (const result of (await answer.json()).results) {
  if (result.status !== "success") {
    console.error(`Text ${result.index + 1} failed:`, result.error);
    continue;
  }
  const name = `{stem}-${result.index + 1}.${suffixes[result.media_type] ?? "pcm"}`;
  await writeFile(name, Buffer.from(result.audio_data, "base64"));
}
"""

VIDEO_JOB = """let job = await answer.json();
while (["queued", "in_progress"].includes(job.status)) {
  await new Promise((done) => setTimeout(done, 1000));
  // A failed job comes with an error status and itself as the body.
  job = await (await fetch(`${baseUrl}/v1/videos/${job.id}`, { headers })).json();
}
if (job.status !== "completed") {
  console.error(job.error?.message ?? JSON.stringify(job));
  process.exit(1);
}

const content = await fetch(`${baseUrl}/v1/videos/${job.id}/content`, { headers });
if (!content.ok) throw new Error(`${content.status}: ${await content.text()}`);
await writeFile("{stem}.{suffix}", content.body);
"""


def write(plan: Plan) -> str:
    before, headers, body = _request(plan)
    end = _END[plan.kind](plan)
    main = f"""const answer = await fetch(`${{baseUrl}}{plan.call.path}`, {{
  method: "POST",
  headers{headers},
  body,
}});
{CHECK}{end}"""
    used = before + body + main
    names = [name for name in ("readFile", "writeFile") if f"{name}(" in used]
    imports = f'import {{ {", ".join(names)} }} from "node:fs/promises";\n' if names else ""
    base = literals.text(plan.base_url) if plan.base_url else f'process.env.OMNI_BASE_URL || "{USUAL_ADDRESS}"'
    lines = LINES if "split(answer)" in end else ""
    return f"""// For node 20 or newer: save it as request.mjs, then run node request.mjs
{imports}{lines}
const baseUrl = {base};
const key = process.env.OMNI_API_KEY;
const headers = key ? {{ Authorization: `Bearer ${{key}}` }} : {{}};

{before}{body}
{main}"""


def _read(file: Attachment) -> str:
    return f"await readFile({literals.text(file.name)})"


def _value(plan: Plan, value: object, indent: int = 0) -> str:
    """An expression for a JSON value; files in it are read where they stand."""

    def read(ref: FileRef) -> str:
        file = plan.attached[ref.path]
        text = f'await readFile({literals.text(file.name)}, "base64")'
        return f'"data:{file.media_type};base64," + ({text})' if ref.as_ == "data_url" else text

    return literals.javascript(value, read, indent)


def _request(plan: Plan) -> tuple[str, str, str]:
    """What comes before the body, the headers that are added, and the lines that make `body`."""
    if plan.call.json is not None:
        return "", ': { ...headers, "Content-Type": "application/json" }', f"const body = {_json_text(plan)};\n"
    if not plan.files:
        lines = "".join(f"body.append({literals.text(name)}, {_field(plan, value)});\n" for name, value in plan.form)
        return "", "", f"const body = new URLSearchParams();\n{lines}"
    if any("\n" in value or "\r" in value for _, value in plan.form if isinstance(value, str)):
        return _by_hand(plan)
    lines = "".join(f"body.append({literals.text(name)}, {_field(plan, value)});\n" for name, value in plan.form)
    for field, file in plan.files:
        blob = f'new Blob([{_read(file)}], {{ type: "{_type(field, file)}" }})'
        lines += f"body.append({literals.text(field)}, {blob}, {literals.text(file.name)});\n"
    return "", "", f"const body = new FormData();\n{lines}"


def _field(plan: Plan, value: Any) -> str:
    return literals.text(value) if isinstance(value, str) else f"JSON.stringify({_value(plan, value)})"


def _type(field: str, file: Attachment) -> str:
    return file.media_type.replace("video/", "audio/") if "audio" in field else file.media_type


def _by_hand(plan: Plan) -> tuple[str, str, str]:
    """FormData turns each newline of a text into CR LF, which is another text."""
    before = """// FormData would change the newlines in these texts, so the form is written by hand.
const boundary = crypto.randomUUID();
const parts = [];
const add = (head, content) =>
  parts.push(Buffer.from(`--${boundary}\\r\\nContent-Disposition: form-data; ${head}\\r\\n\\r\\n`),
    Buffer.from(content), Buffer.from("\\r\\n"));
"""
    lines = ""
    for name, value in plan.form:
        head = literals.text(f'name="{name}"')
        lines += f"add({head}, {_field(plan, value)});\n"
    for field, file in plan.files:
        name = file.name.replace('"', "%22").replace("\n", "%0A").replace("\r", "%0D")
        head = literals.text(f'name="{field}"; filename="{name}"\r\nContent-Type: {_type(field, file)}')
        lines += f"add({head}, {_read(file)});\n"
    body = f"{lines}const body = Buffer.concat([...parts, Buffer.from(`--${{boundary}}--\\r\\n`)]);\n"
    return before, ': { ...headers, "Content-Type": `multipart/form-data; boundary=${boundary}` }', body


def _json_text(plan: Plan) -> str:
    """JSON.stringify over an object; or the text itself, where a number in it is longer than JavaScript can count."""
    if not too_long_for_javascript(plan.json):
        return f"JSON.stringify({_value(plan, plan.json)})"
    text = ""
    for piece in json_pieces(plan.json, indent=2):
        if isinstance(piece, FileRef):
            file = plan.attached[piece.path]
            start = f"data:{file.media_type};base64," if piece.as_ == "data_url" else ""
            text += f'{start}${{await readFile({literals.text(file.name)}, "base64")}}'
        else:
            text += piece.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return f"`{text}`"


def _save(plan: Plan, value: str) -> str:
    return f'await writeFile("{plan.stem}.{plan.suffix}", {value});\n'


def _pictures(plan: Plan) -> str:
    return f"""for (const [at, picture] of (await answer.json()).data.entries()) {{
  await writeFile(`{plan.stem}-${{at + 1}}.{plan.suffix}`, Buffer.from(picture.b64_json, "base64"));
}}
"""


def _file(plan: Plan) -> str:
    return _save(plan, "answer.body")


def _speech_events(plan: Plan) -> str:
    return SPEECH_EVENTS + (FIX_WAV if plan.suffix == "wav" else "") + _save(plan, "sound")


def _chat(plan: Plan) -> str:
    return CHAT + SAVE_MEDIA.replace("{stem}", plan.stem)


def _batch(plan: Plan) -> str:
    return BATCH.replace("{stem}", plan.stem)


def _video_job(plan: Plan) -> str:
    return VIDEO_JOB.replace("{stem}", plan.stem).replace("{suffix}", plan.suffix)


def _json(plan: Plan) -> str:
    return "console.log(await answer.json());\n"


_END = {
    "pictures": _pictures,
    "batch": _batch,
    "sound": _file,
    "video": _file,
    "speech_events": _speech_events,
    "chat": _chat,
    "video_job": _video_job,
    "json": _json,
}
