"""How the app's components and events reach the page's scripts: by name (omni_ui/core/js/components.js)."""

import json
from html import escape
from typing import TypedDict

MOUNT = (
    "omni.mount({ element, props, trigger, watch, upload }); "
    "// events of our own: 'plan', 'fill', 'halt', 'adopt', 'redo'"
)
"""The `js_on_load` of every component that has a script. Gradio takes from it which events a component may have."""


class Mounted(TypedDict):
    """The two arguments of gr.HTML that a component with a script needs."""

    html_template: str
    js_on_load: str


def mounted(template: str, component: str, **options: object) -> Mounted:
    """Arguments of a gr.HTML with this template, at which the script `component` begins to work.

    options: constants for the script, as JSON. They stand in the template, since an update may drop props.
    """
    data = escape(json.dumps(options, ensure_ascii=False))
    for mark in "{}$`\\":  # to Gradio it is a JavaScript template and Handlebars
        data = data.replace(mark, f"&#{ord(mark)};")
    mark = f'<template data-component="{component}" data-options="{data}"></template>'
    return {"html_template": f"{template}{mark}", "js_on_load": MOUNT}


def call(action: str, *constants: object) -> str:
    """The `js` of an event: calls the action with the constants, and then with a list of the event's inputs."""
    arguments = "".join(f", {json.dumps(constant, ensure_ascii=False)}" for constant in constants)
    return f"(...values) => omni.call({json.dumps(action)}{arguments}, values)"
