"""The page as Gradio writes it, taken apart by its tabs: what the first tab needs, and what each other tab adds.

Gradio sends a page whole, and its script builds a tree of all components, in whatever tab they are, and looks through
all events for each: half of the time before anybody can type. So the page holds the parts of the tab that opens first;
those of another tab are sent in the form in which Gradio sends what `gr.render` has made, which its script puts into
the tree. The app knows all parts all the time: programs see no difference.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator

import gradio as gr

from omni_ui.core.files import Json

Config = Json
"""A page as Gradio describes it to its script: `components`, `layout`, `dependencies`, `page`."""
FirstTab = Callable[[], Awaitable[str]]
"""Names the tab that a new visitor should see first."""

FOR_PROGRAMS = {"api_info", "api_info_as_input", "api_info_as_output", "example_inputs"}
"""What a component is to a program: no script of the page reads it."""
SUFFIX = "-tab"
"""The `elem_id` of a tab is its name with this."""
FIRST = "omni_first_tab"
"""In a trimmed description: the tab whose parts are there. Read by core/js/mounted_tabs.js."""
LATE = "omni_late"
"""There too: by each other tab, the names of the `scripts` with which its parts begin, and the `types` of those."""
SCRIPT_NAME = re.compile(r'data-component="(\w+)"')
CONFIG = re.compile(r"window\.gradio_config\s*=\s*(\{.*?\});?\s*</script>", re.S)
"""Where the description stands in the page. Gradio writes `<` within it as `\\u003c`."""
API = re.compile(r"window\.gradio_api_info\s*=\s*(\{.*?\});?\s*</script>", re.S)
"""Where the description of the API stands in the page, a third of it. The page's script calls events by their number,
and of an endpoint without a description it only does not count the parameters; programs ask for it elsewhere."""
NO_ENDPOINTS = '{"named_endpoints":{},"unnamed_endpoints":{}}'
BASE = re.compile(r"<base [^>]*>")
"""The element after which addresses in the page's head are relative to the page."""
SHEET = re.compile(r'<link rel="stylesheet" crossorigin href="\./assets/index-[\w-]+\.css">')
"""Where Gradio's page names its own styles; the last place in the head, so that no script of the page waits for it."""
OWN_STYLES = re.compile(r"assets/(index-[\w-]+\.css)")
DRAWN = "<gradio-app"
"""How the element begins in which Gradio draws the page."""
ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027"})


def trim_html(html: str, first: str) -> str:
    """A page as Gradio writes it, with the parts of one tab only. ValueError when it is another page."""
    match = _description(html)
    trimmed = SplitPage(json.loads(match[1])).trimmed(first)
    written = json.dumps(trimmed, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    html = html[: match.start(1)] + written + html[match.end(1) :]
    return API.sub(lambda api: api[0].replace(api[1], NO_ENDPOINTS, 1), html, count=1)


def config_of(html: str) -> Config:
    """The description that stands in a page. ValueError when there is none."""
    config: Config = json.loads(_description(html)[1])
    return config


def _description(html: str) -> re.Match[str]:
    match = CONFIG.search(html)
    if not match:
        raise ValueError("no description")
    return match


class SplitPage:
    """A page taken apart by its tabs. ValueError when an event cannot be kept apart."""

    def __init__(self, config: Config) -> None:
        """Nothing of `config` is changed, now or later."""
        self._config = config
        self._components = {part["id"]: part for part in config["components"]}
        self._items = {_tab_name(part): part["id"] for part in config["components"] if part["type"] == "tabitem"}
        nodes = {node["id"]: node for node in _nodes(config["layout"])}
        self._nodes = {name: nodes[id] for name, id in self._items.items()}
        tab_of = {inner["id"]: name for name, node in self._nodes.items() for inner in _nodes(node)}
        self._inside = {id: name for id, name in tab_of.items() if id not in self._items.values()}
        self._places = _places(config["dependencies"], tab_of)
        _check_apart(config["dependencies"], self._places)

    def trimmed(self, first: str) -> Config:
        """The page with the parts of one tab only. ValueError when there is no such tab."""
        if first not in self._items:
            raise ValueError(f"no tab {first}")
        config = self._config
        gone = {id for id, name in self._inside.items() if name != first}
        components = [_for_browser(_selecting(part, first)) for part in config["components"] if part["id"] not in gone]
        events = [event for event in config["dependencies"] if self._places[event["id"]] in ("", first)]
        ids = {event["id"] for event in events}
        page = {
            path: {
                **part,
                "layout": _without(part["layout"], gone),
                "components": [id for id in part["components"] if id not in gone],
                "dependencies": [id for id in part["dependencies"] if id in ids],
            }
            for path, part in config["page"].items()
        }
        layout = _without(config["layout"], gone)
        return {
            **config,
            "components": components,
            "dependencies": events,
            "layout": layout,
            "page": page,
            FIRST: first,
            LATE: {name: self._begins_with(name) for name in self._items if name != first},
        }

    def _begins_with(self, name: str) -> Config:
        inner = [self._components[node["id"]] for node in _nodes(self._nodes[name])]
        templates = [str(part["props"].get("html_template", "")) for part in inner]
        scripts = [script for template in templates for script in SCRIPT_NAME.findall(template)]
        return {"scripts": list(dict.fromkeys(scripts)), "types": list(dict.fromkeys(part["type"] for part in inner))}

    def parts(self) -> dict[str, Config]:
        """By tab what it adds, as Gradio's script takes the result of a `gr.render` that stands there."""
        events = self._config["dependencies"]
        read = {id for event in events for id in event["inputs"]}
        written = {id for event in events for id in event["outputs"]}
        return {name: self._part(name, read, written) for name in self._items}

    def _part(self, name: str, read: set[int], written: set[int]) -> Config:
        events, item = self._config["dependencies"], self._items[name]
        inner = [self._components[node["id"]] for node in _nodes(self._nodes[name])]
        return {
            "render_id": f"tab-{name}",
            "layout": self._nodes[name],
            "components": [_for_browser(_interactive(part, read, written)) for part in inner],
            "dependencies": [_told_at_once(event, item) for event in events if self._places[event["id"]] == name],
        }


async def mount_tab(what: Config | None) -> None:
    """The event that brings the parts of a tab; `LateParts` adds what it answers (events.py)."""


class LateParts:
    """What the event `mount_tab` answers: the parts of a tab, in the form in which `gr.render` answers with its own."""

    def __init__(self, page: gr.Blocks) -> None:
        self._page = page
        self._parts: dict[str, Config] = {}

    async def answer(self, inputs: list[object]) -> dict[str, Config]:
        """inputs: `[{"tab": name}]`. Nothing for another one."""
        self._parts = self._parts or await asyncio.to_thread(self._take_apart)
        match inputs:
            case [{"tab": str(name)}] if name in self._parts:
                return {"render_config": self._parts[name]}
        return {}

    def _take_apart(self) -> dict[str, Config]:
        # As /config writes it, so that both have the same texts.
        return SplitPage(json.loads(json.dumps(self._page.config, default=str))).parts()


def _tab_name(item: Config) -> str:
    return str(item["props"].get("elem_id", "")).removesuffix(SUFFIX)


def _nodes(node: Config) -> Iterator[Config]:
    yield node
    for child in node.get("children") or []:
        yield from _nodes(child)


def _touched(event: Config) -> list[int]:
    """The components that an event reads, writes or waits for."""
    return [*event["inputs"], *event["outputs"], *(target[0] for target in event["targets"] if target[0] is not None)]


def _places(events: list[Config], tab_of: dict[int, str]) -> dict[int, str]:
    """By the id of an event the tab with which it comes, "" for those that come with the page.

    tab_of: by the id of a component, also of a tab itself. An event that follows another one stands where that one
    does: the browser links only what comes together.
    """
    by_id = {event["id"]: event for event in events}
    places: dict[int, str] = {}

    def place(event: Config) -> str:
        decided = places.get(event["id"])
        if decided is not None:
            return decided
        before = by_id.get(event.get("trigger_after"))
        tabs = {tab_of.get(id, "") for id in _touched(event)} - {""}
        places[event["id"]] = place(before) if before else tabs.pop() if len(tabs) == 1 else ""
        return places[event["id"]]

    for event in events:
        place(event)
    return places


def _check_apart(events: list[Config], places: dict[int, str]) -> None:
    """What comes later takes the place of all earlier events with the same trigger, but for `load`."""
    seen: dict[tuple[int, str], str] = {}
    for event in events:
        for id, name in event["targets"]:
            if id is None or name == "load":
                continue
            place = places[event["id"]]
            if seen.setdefault((id, name), place) != place:
                raise ValueError(f"events {name} of component {id} belong to several tabs")


def _for_browser(part: Config) -> Config:
    """Gradio's script loads each class by itself: with one for each type the parts of a tab are drawn in one go."""
    return {name: value for name, value in part.items() if name not in FOR_PROGRAMS} | {
        "component_class_id": part["type"]
    }


def _selecting(part: Config, first: str) -> Config:
    return {**part, "props": {**part["props"], "selected": first}} if part["type"] == "tabs" else part


def _without(node: Config, gone: set[int]) -> Config:
    if "children" not in node:
        return node
    return {**node, "children": [_without(child, gone) for child in node["children"] if child["id"] not in gone]}


def _told_at_once(event: Config, item: int) -> Config:
    """An event that waits for the tab to be opened also runs when its parts come: the tab is open by then."""
    opens = any(target == [item, "select"] for target in map(list, event["targets"]))
    return {**event, "targets": [*event["targets"], [item, "load"]]} if opens else event


def _interactive(part: Config, read: set[int], written: set[int]) -> Config:
    """Gradio's script decides it by all events that it knows when the page begins, so it is decided here."""
    props = part["props"]
    if props.get("interactive") is not None:
        return part
    interactive = part["id"] in read or (part["id"] not in written and not props.get("value"))
    return {**part, "props": {**props, "interactive": interactive}}
