"""Five surfaces, one declaration: every field of every request model has the same name, bounds and default on the page,
in the HTTP API, as an argument of a tool for agents (MCP), on the command line and in the package.
"""

import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click
import pytest
from pydantic import create_model
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from omni_ui.app.factory import Services
from omni_ui.app.page import build_ui
from omni_ui.cli.main import main
from omni_ui.cli.options import help_text, request_options
from omni_ui.client import (
    ChatRequest,
    EditRequest,
    ImageRequest,
    Request,
    SongRequest,
    SoundRequest,
    SpeechRequest,
    TranscriptionRequest,
    VideoRequest,
    VoiceUpload,
    param,
    ui_option,
)  # fmt: skip
from omni_ui.client.requests.base import INT64, Maybe
from omni_ui.client.tabs import REQUESTS
from omni_ui.core.invalid import Invalid
from omni_ui.features.chat.conversation import Conversation
from omni_ui.features.mcp.schema import tool
from omni_ui.features.speech.request import SpokenText
from omni_ui.settings import Settings
from omni_ui.tabs import chat, edit, image, sound, speech, video
from omni_ui.widgets.fields import bounds, literal_choices
from omni_ui.widgets.form import Form
from tests.house.surface import snapshot
from tests.running import ROOT

COMMANDS: dict[str, type[Request]] = {
    "image": ImageRequest, "edit": EditRequest, "say": SpeechRequest, "sound": SoundRequest, "film": VideoRequest,
    "chat": ChatRequest,
}  # fmt: skip
ELSEWHERE = {
    SongRequest: "a command and the package alone: songs have no tab",
    TranscriptionRequest: "a command and the package: on the page a microphone and a reference recording ask for it",
    VoiceUpload: "the page's voices and the package alone: it makes nothing, it saves a voice for others",
}
PAGE, API, MCP, SHELL, PACKAGE = "the page", "the HTTP API", "MCP", "the command line", "the package"
BY_THE_JOB = "the caller says it by how it asks"
ABSENT: dict[tuple[str, str], tuple[set[str], str]] = {
    ("chat", "messages"): ({PAGE, API, MCP, SHELL}, "put together from text, files and system prompt"),
    ("chat", "stream"): ({PAGE, API, MCP, SHELL}, "always, where the model can"),
    ("edit", "stream"): ({PAGE, API, MCP, SHELL}, "where the model thinks aloud"),
    ("edit", "url"): ({PAGE, API, MCP}, "an address that the server fetches: these take the file itself"),
    ("image", "vae_use_slicing"): ({PAGE, API, MCP}, "one switch with vae_use_tiling"),
    ("speech", "speaker_embedding"): ({PAGE, API, MCP}, "thousands of numbers, for a program that has them"),
    ("speech", "stream_format"): ({PAGE, API, MCP, SHELL}, BY_THE_JOB),
    ("speech", "word_timestamps"): ({PAGE, API, MCP}, "only servers with an aligner take it"),
}
"""Fields that a surface has not, and why. One that is there all the same fails, too."""


@dataclass
class Surfaces:
    """What the five show: components by element id, parameters by endpoint, arguments by tool, options by command."""

    tabs: dict[str, Any]
    components: dict[str, dict[str, Any]]
    endpoints: dict[str, dict[str, dict[str, Any]]]
    tools: dict[str, dict[str, Any]]
    commands: dict[str, dict[str, click.Parameter]]

    def where(self, command: str, model: type[Request], name: str) -> set[str]:
        """The surfaces that have a field."""
        found = {
            PAGE: f"{model.tab}-{name}" in self.components,
            API: name in self.endpoints[model.tab],
            MCP: name in self.tools[model.tab],
            SHELL: name in self.commands[command],
            PACKAGE: name in inspect.signature(model).parameters,
        }
        return {surface for surface, there in found.items() if there}


@pytest.fixture(scope="module")
def surfaces(tmp_path_factory) -> Surfaces:
    settings = Settings(base_url="http://127.0.0.1:9", data_dir=tmp_path_factory.mktemp("data"))
    services = Services(settings)
    page, tabs = build_ui(services)
    parts = [part["props"] for part in page.get_config_file()["components"]]
    named = page.get_api_info()["named_endpoints"]
    return Surfaces(
        {tab.name: tab for tab in tabs},
        {props["elem_id"]: props for props in parts if props.get("elem_id")},
        {tab.name: {part["parameter_name"]: part for part in named[f"/{tab.name}"]["parameters"]} for tab in tabs},
        {tab.name: tool(tab)["inputSchema"]["properties"] for tab in tabs},
        {command: {option.name: option for option in main.commands[command].params} for command in COMMANDS},
    )


def fields() -> list[tuple[str, str]]:
    return [(command, name) for command, model in COMMANDS.items() for name in model.model_fields]


def default_of(info: FieldInfo) -> Any:
    """None where nothing is sent by itself."""
    value = info.get_default(call_default_factory=True)
    return None if value in (PydanticUndefined, [], "") else value


@pytest.mark.parametrize(("command", "name"), fields())
def test_a_field_is_on_all_five_surfaces(command, name, surfaces):
    model = COMMANDS[command]
    absent, _ = ABSENT.get((model.tab, name), (set(), ""))
    assert surfaces.where(command, model, name) == {PAGE, API, MCP, SHELL, PACKAGE} - absent


@pytest.mark.parametrize(("command", "name"), fields())
def test_a_default_is_the_same_everywhere(command, name, surfaces):
    model = COMMANDS[command]
    info, there = model.model_fields[name], surfaces.where(command, model, name)
    wanted = default_of(info)
    if PAGE in there:
        assert (surfaces.components[f"{model.tab}-{name}"].get("value") or None) == (wanted or None)
    if API in there:
        assert (surfaces.endpoints[model.tab][name].get("parameter_default") or None) == (wanted or None)
    if MCP in there:
        assert (surfaces.tools[model.tab][name].get("default") or None) == (wanted or None)
    if SHELL in there:
        option = surfaces.commands[command][name]
        assert option.get_default(click.Context(main)) in (None, (), getattr(click.core, "UNSET", None)), "not sent"
        if isinstance(option, click.Option) and wanted is not None and not isinstance(wanted, bool):
            assert f"default {wanted}" in (option.help or "")
    assert inspect.signature(model).parameters[name].default in (inspect.Parameter.empty, info.default)


@pytest.mark.parametrize(("command", "name"), fields())
async def test_bounds_are_the_same_everywhere(command, name, surfaces):
    model = COMMANDS[command]
    info, there = model.model_fields[name], surfaces.where(command, model, name)
    low, high = bounds(info)
    choices = [choice for choice in literal_choices(info) if not ui_option(info, "presets")]
    if PAGE in there:
        props = surfaces.components[f"{model.tab}-{name}"]
        shown = str(props.get("html_template", ""))
        if "omni-number" in shown:
            assert (low is None) or f'min="{low:g}"' in shown
            assert (high is None) or f'max="{high:g}"' in shown
        if choices:
            assert [value for _, value in props["choices"] if value != ""] == choices
    if API in there:
        for beyond in (low - 1 if low is not None else None, high + 1 if high is not None else None):
            if beyond is not None:
                assert name in await refused(surfaces.tabs[model.tab], name, beyond)
        if choices:
            assert name in await refused(surfaces.tabs[model.tab], name, "nothing of the kind")
    if MCP in there:
        schema = surfaces.tools[model.tab][name]
        lowest = schema.get("minimum", schema.get("exclusiveMinimum"))
        assert (None if lowest == -INT64 else lowest, schema.get("maximum")) == (low, high)
        assert schema.get("enum", schema.get("items", {}).get("enum", choices)) == literal_choices(info) or not choices
    if SHELL in there and isinstance(option := surfaces.commands[command][name], click.Option):
        assert option.help == help_text(info)
        if choices and isinstance(option.type, click.Choice):
            assert list(option.type.choices) == [str(choice) for choice in choices]


async def refused(tab: Any, name: str, value: Any) -> list[str]:
    """The fields that the HTTP API complains of when one has this value."""
    values = dict.fromkeys(tab.inputs) | {"talk": Conversation(), "text": "x", name: value}
    try:
        request = tab.read(values)
        if inspect.isawaitable(request):
            await request
    except Invalid as wrong:
        return [problem.field for problem in wrong.problems]
    return []


def test_a_new_field_that_is_on_no_surface_is_noticed(surfaces):
    class More(ImageRequest):
        refiner_steps: Maybe[int] = param(label="Refiner steps", help="How many.", ge=1, le=100)

    assert surfaces.where("image", More, "refiner_steps") == {PACKAGE}


def test_every_request_model_is_looked_at():
    def below(model: type[Request]) -> list[type[Request]]:
        return [model, *(inner for own in model.__subclasses__() for inner in below(own))]

    own = {model for model in below(Request) if model.__module__.startswith("omni_ui.client.requests")}
    # Those that a host's limits narrow have the same name and module (core/limits).
    own = {model for model in own if getattr(sys.modules[model.__module__], model.__name__) is model}
    abstract = {model for model in own if not hasattr(model, "path")}
    assert own - abstract - set(ELSEWHERE) == set(COMMANDS.values())
    assert all(ELSEWHERE.values())


def test_the_declaration_in_the_docs_is_all_that_a_field_takes():
    diff = re.search(r"```diff\n(.*?)```", (ROOT / "docs/adding-a-parameter.md").read_text(encoding="utf-8"), re.S)[1]
    added = [line[1:] for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    scope: dict[str, Any] = {"Maybe": Maybe, "param": param, "ImageRequest": ImageRequest}
    exec("\n".join(["class More(ImageRequest):", *added]), scope)  # our own docs
    model = scope["More"]
    [name] = set(model.model_fields) - set(ImageRequest.model_fields)
    low, high = bounds(model.model_fields[name])
    assert (low, high) == (1, 100)
    form = Form(model)
    control = form.add(name)
    assert f'min="{low:g}" max="{high:g}"' in control.html_template
    form.add_all(["prompt"])
    with pytest.raises(Invalid):
        form.read({"prompt": "x", name: 101})
    assert form.read({"prompt": "x", name: 1}).wire().json[name] == 1
    command: Callable[..., None] = request_options(model, ("prompt",))(lambda **_: None)
    options = {option.name: option for option in click.command()(command).params}
    assert "1 to 100" in options[name].help
    assert model.model_json_schema()["properties"][name]["anyOf"][0]["maximum"] == 100


def test_a_field_at_the_end_of_a_model_is_the_last_parameter_of_the_api(monkeypatch, tmp_path):
    """Also one that stands among the first settings of its tab: programs may give parameters by their order."""
    for place, tabs in (("advanced", (image, sound, video)), ("card", (chat, edit, speech))):
        for tab in tabs:
            model = SpokenText if tab is speech else REQUESTS[tab.__name__.rpartition(".")[2]]
            field = param(label="A new one", help="How many.", ge=1, le=100, place=place)
            longer = create_model(
                model.__name__, __base__=model, __module__=model.__module__, new_one=(Maybe[int], field)
            )
            monkeypatch.setattr(tab, model.__name__, longer)
    page, tabs = build_ui(Services(Settings(base_url="http://127.0.0.1:9", data_dir=tmp_path)))
    named = page.get_api_info()["named_endpoints"]
    for tab in tabs:
        names = [part["parameter_name"] for part in named[f"/{tab.name}"]["parameters"]]
        assert names == [part["name"] for part in snapshot()["endpoints"][f"/{tab.name}"]["parameters"]] + ["new_one"]
