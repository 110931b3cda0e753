"""JavaScript for node 20 or newer, as a module (.mjs), with nothing to install. The code is `request.mjs.jinja`."""

from omni_ui.client import FileRef
from omni_ui.core.templates import render_code
from omni_ui.features.snippets import literals
from omni_ui.features.snippets.plan import USUAL_ADDRESS, Attachment, Plan, json_pieces, too_long_for_javascript


def write(plan: Plan) -> str:
    uses = {"readFile": bool(plan.files or plan.refs), "writeFile": plan.kind != "json"}
    body = _body(plan)
    return render_code(
        "features/snippets/request.mjs.jinja",
        imports=[name for name, used in uses.items() if used],
        kind=plan.kind,
        base=literals.text(plan.base_url) if plan.base_url else f'process.env.OMNI_BASE_URL || "{USUAL_ADDRESS}"',
        body=body,
        json=_json_text(plan) if body == "json" else "",
        fields=_fields(plan) if body != "json" else [],
        parts=_parts(plan) if body == "by hand" else [],
        path=plan.call.path,
        stem=plan.stem,
        suffix=plan.suffix,
    )


def _body(plan: Plan) -> str:
    """How the body is made: "json", the class of a form, or "by hand"."""
    if plan.call.json is not None:
        return "json"
    if not plan.files:
        return "URLSearchParams"
    # FormData turns each newline of a text into CR LF, which is another text.
    newlines = any("\n" in value or "\r" in value for _, value in plan.form if isinstance(value, str))
    return "by hand" if newlines else "FormData"


def _fields(plan: Plan) -> list[list[str]]:
    """The arguments of `append` for each field of a form."""
    fields = [[literals.text(name), _field(plan, value)] for name, value in plan.form]
    for field, file in plan.files:
        blob = f'new Blob([{_read(file)}], {{ type: "{_type(field, file)}" }})'
        fields.append([literals.text(field), blob, literals.text(file.name)])
    return fields


def _parts(plan: Plan) -> list[tuple[str, str]]:
    """Head and content of each part of a form that is written by hand."""
    parts = [(literals.text(f'name="{name}"'), _field(plan, value)) for name, value in plan.form]
    for field, file in plan.files:
        name = file.name.replace('"', "%22").replace("\n", "%0A").replace("\r", "%0D")
        head = literals.text(f'name="{field}"; filename="{name}"\r\nContent-Type: {_type(field, file)}')
        parts.append((head, _read(file)))
    return parts


def _read(file: Attachment) -> str:
    return f"await readFile({literals.text(file.name)})"


def _value(plan: Plan, value: object, indent: int = 0) -> str:
    """An expression for a JSON value; files in it are read where they stand."""

    def read(ref: FileRef) -> str:
        file = plan.attached[ref.path]
        text = f'await readFile({literals.text(file.name)}, "base64")'
        return f'"data:{file.media_type};base64," + ({text})' if ref.as_ == "data_url" else text

    return literals.javascript(value, read, indent)


def _field(plan: Plan, value: object) -> str:
    return literals.text(value) if isinstance(value, str) else f"JSON.stringify({_value(plan, value)})"


def _type(field: str, file: Attachment) -> str:
    return file.media_type.replace("video/", "audio/") if "audio" in field else file.media_type


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
