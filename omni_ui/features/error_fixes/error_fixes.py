"""A way out of a failure, where one is known: a button that changes a setting and runs again.

What the change is stands in the error (known_errors.py is the table of known replies); here it becomes
values for the controls. The browser puts them there and presses Run (omni_ui/features/repeat/repeat.js).
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from markupsafe import Markup
from pydantic.fields import FieldInfo

from omni_ui.client import (
    FILE_KINDS,
    BrokenAnswer,
    NotReachable,
    OmniError,
    OutOfMemory,
    Request,
    ServerBusy,
    ServerFailed,
    TimedOut,
    known_error,
    ui_option,
)
from omni_ui.client.requests.base import Scarce
from omni_ui.core.run import Values
from omni_ui.core.scripts import call, mounted
from omni_ui.core.templates import NOTHING, render
from omni_ui.features.recipes.panel import as_shown
from omni_ui.widgets.events import trigger
from omni_ui.widgets.fields import Component, kind_of
from omni_ui.widgets.form import Form

LEAST = 64
"""Pixels of a side below which a size is not halved: no model makes anything of less."""
MULTIPLE = 16
SMALL = {"image": "512x512", "edit": "512x512", "chat": "512x512", "video": "416x240"}
"""Half of what most models make by default, for a size that was left to the model."""
PASSING = (BrokenAnswer, NotReachable, ServerBusy, ServerFailed, TimedOut)
"""Failures after which the same request may succeed."""
PASSING_WORDS = tuple({kind.default_hint for kind in (BrokenAnswer, ServerBusy, ServerFailed)})
"""How the sentences of such failures end, where they do not say something else."""
TRY_AGAIN = "Try again"


@dataclass(frozen=True)
class SuggestedFix:
    """changes: values as the controls take them, by wire name. keep: of a field's files, how many stay.

    press: the elem_id of a button that is pressed first.
    """

    words: str
    changes: dict[str, object] = field(default_factory=dict)
    keep: dict[str, int] = field(default_factory=dict)
    press: str = ""

    def as_json(self) -> str:
        """The order that the page's script carries out."""
        return json.dumps({"set": self.changes, "keep": self.keep, "press": self.press}, ensure_ascii=False)


def fixes_for(error: Exception | None, form: Form, entered: Values) -> list[SuggestedFix]:
    """What can be offered after a failure, best first. entered: the values of the controls, by name."""
    cause = error
    if isinstance(error, OmniError) and not error.remedy and error.server_message:
        cause = known_error(error.server_message) or error  # of a job, only the words were kept
    remedy = getattr(cause, "remedy", None)
    if isinstance(cause, OutOfMemory):
        entries = _lowered(form.model, "memory")
    elif isinstance(cause, TimedOut) or (remedy and remedy in _lowered(form.model, "time")):
        entries = _lowered(form.model, "time")
    else:
        entries = [remedy] if remedy else []
    fixes = [fix for entry in entries if (fix := _fix(entry, form, entered))]
    return fixes or ([SuggestedFix(TRY_AGAIN)] if _may_pass(cause) else [])


def _may_pass(cause: Exception | None) -> bool:
    """Whether the same request may succeed. Of a job, only the words were kept."""
    if isinstance(cause, PASSING):
        return not cause.permanent
    return isinstance(cause, OmniError) and cause.sentence.endswith(PASSING_WORDS)


def _lowered(model: type[Request], scarce: Scarce) -> list[dict[str, object]]:
    """Remedies that lower what takes memory or time, as the fields say by `saves`, best first."""
    saving = {name: ui_option(info, "saves", {}).get(scarce) for name, info in model.model_fields.items()}
    names = sorted((name for name, place in saving.items() if place), key=lambda name: saving[name])
    results = {name for name in names if ui_option(model.model_fields[name], "cap") == "n"}
    return [{"field": name, "value": 1} if name in results else {"field": name, "action": "halve"} for name in names]


def _fix(remedy: dict[str, object], form: Form, entered: Values) -> SuggestedFix | None:
    """A remedy for these controls; None when it would change nothing, or there is no such control."""
    action, name, wanted = remedy.get("action"), remedy.get("field"), remedy.get("value")
    if action == "new_conversation":
        return SuggestedFix("Start a new conversation with this message", press="chat-clear")
    if name not in form.controls or name not in form.model.model_fields:
        return None
    info, now = form.model.model_fields[name], entered.get(name)
    title = info.title or name
    if action == "keep":
        many = len(now) if isinstance(now, list) else 0
        if not isinstance(wanted, int):
            return None
        return (
            SuggestedFix(f"{title}: keep the first {wanted} of {many}", keep={name: wanted}) if many > wanted else None
        )
    if action in ("halve", "fit"):
        wanted = _smaller(info, now, wanted, form.model.tab)
        if wanted is None:
            return None
    elif action == "first":
        wanted = re.split(r"[,;]", str(wanted))[0].strip(" .'\"[](){}")
    kind = kind_of(info)
    if kind == "seed":
        return SuggestedFix("Try again with another seed", {name: ""})
    value = None if kind in FILE_KINDS and wanted is None else as_shown(kind, wanted, form.controls[name])
    usual = info.get_default(call_default_factory=True) if now is None else now
    if _same(usual, value):
        return None
    before, after = (_in_words(side, info, kind) for side in (now, value))
    return SuggestedFix(f"{title}: {before} → {after}", {name: value})


def _smaller(info: FieldInfo, now: object, most: object, tab: str) -> object:
    """A size with half the sides, or with at most so many pixels; half of a number. None when that cannot be."""
    if ui_option(info, "kind") != "size":
        return int(now) // 2 if isinstance(now, (int, float)) and now >= 2 else None
    match = re.fullmatch(r"(\d+)\s*[x×]\s*(\d+)", str(now or "").strip().lower())
    if not match:
        return SMALL.get(tab)
    sides = int(match[1]), int(match[2])
    scale = min(1.0, (most / (sides[0] * sides[1])) ** 0.5) if isinstance(most, int) else 0.5
    smaller = [int(side * scale) // MULTIPLE * MULTIPLE for side in sides]
    return f"{smaller[0]}x{smaller[1]}" if min(smaller) >= LEAST else None


def _same(now: object, value: object) -> bool:
    return now == value or (now in (None, "", [], False) and value in (None, "", [], False))


def _in_words(value: object, info: Any, kind: str) -> str:
    if kind in FILE_KINDS:
        return "none" if not value else "a file"
    if isinstance(value, bool) or kind == "switch":
        return "on" if value else "off"
    if value in (None, "", []):
        return "none" if kind in ("json", "text") else "model default"
    if kind == "choice":
        value = next((words for words, preset in ui_option(info, "presets") or [] if preset == value), value)
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = f"{value:g}" if isinstance(value, float) else text
    return text if len(text) <= 60 else text[:60] + " …"


def fixes_row(tab: str, fixes: list[SuggestedFix]) -> Markup:
    """HTML of the buttons below a failure."""
    if not fixes:
        return NOTHING
    return render("features/error_fixes/fixes.html.jinja", tab=tab, fixes=fixes, try_again=TRY_AGAIN)


def wire(form: Form) -> None:
    """Lets the browser apply a fix, and then press Run. Call it when all controls of a tab are there."""
    tab, names = form.model.tab, list(form.controls)
    order: Component = gr.HTML(None, elem_id=f"{tab}-fix", visible="hidden", **mounted("", "error_fix", tab=tab))
    parts = list(form.controls.values())
    applied = trigger(order, "input")(
        None,
        [order, *parts],
        parts,
        js=call("fixed_values", names),
        queue=False,
        show_progress="hidden",
        show_progress_on=order,
    )
    applied.then(None, None, None, js=call("press_run", tab), queue=False)
