"""Gradio's scripts, as its bundler wrote them: which ones a page begins with, and three that are changed on their way.

Gradio's entry asks for its core when it runs, that one for the page, and this one for what each component needs: five
waves, each of which waits for the one before. All of it stands in lists that Vite, its bundler, wrote into the scripts.
Three scripts work for nothing, or tell ours too little. One that is written otherwise than here is sent as it is.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import gradio

FOLDER = Path(gradio.__file__).parent / "templates/frontend/assets"
ENTRY = re.compile(r'src="\./assets/(index-[\w-]+\.js)"')
FILES = re.compile(r"\(m\.f=\[([^\]]*)\]\)")
"""In a script of Vite's: the files that it may load, of which imports give the numbers."""
NUMBERS = r"`\)[^\[]{0,60}?__vite__mapDeps\(\[([\d,]*)\]\)"
"""What follows the name of a script that is imported."""
CORE, PAGE, PARTS = (re.compile(rf"`\./({name}-[\w-]+\.js)`") for name in ("core", "Index", "Blocks"))

COUNTING = re.compile(r"(function (\w+)\(\)\{\w+\(\(\)=>\{[^{}]*?,)(\w+)&&\2\(\)\}\)\}")
"""In the script of the signs that say how long something takes: each frame asks for the next, as long as a variable is
true, which nobody changes in a sign that was taken away while it counted."""
STATE = re.compile(r"(\w+\.status===`pending`)\?")
SAYING = "update_loading_status(e){this.loading_stati.update(e),"
SHOWING = "async update_loading_stati_state(){await "
"""In the script of the page: an event's state is noted, and then handed to each component that an event has touched."""

BEAT = "${b}/${this.session_hash}`)"
LISTENING = "this.heartbeat_event=this.stream(e,this.heartbeat_controller)}"
"""In Gradio's client: the address by which a page tells that it is open, and what comes back."""


@dataclass(frozen=True)
class Assets:
    """Names of scripts and style sheets. begin: for any page. drawn: for what is drawn, whose styles come later."""

    entry: str
    begin: tuple[str, ...]
    drawn: tuple[str, ...]

    def scripts(self) -> list[str]:
        return [name for name in (self.entry, *self.begin, *self.drawn) if name.endswith(".js")]


def needed(html: str, types: Iterable[str]) -> Assets:
    """ValueError when Gradio's scripts are written in another form.

    html: the page as Gradio writes it. types: of the components that are drawn.
    """
    entry = _name(ENTRY, html)
    source = _source(entry)
    core, page = _name(CORE, source), _name(PAGE, source)
    page_source, core_source = _source(page), _source(core)
    parts = _name(PARTS, page_source)
    begin = [core, page, *_loads(source, page), *_loads(source, core)]
    drawn = [parts, *_loads(page_source, parts)]
    for kind in types:
        drawn += _component(core_source, kind)
    gone = {entry, *begin}
    return Assets(
        entry,
        tuple(name for name in dict.fromkeys(begin) if name != entry),
        tuple(name for name in dict.fromkeys(drawn) if name not in gone),
    )


def _source(name: str) -> str:
    try:
        return (FOLDER / name).read_text(encoding="utf-8")
    except OSError as wrong:
        raise ValueError(f"no script {name}") from wrong


def _name(pattern: re.Pattern[str], source: str) -> str:
    match = pattern.search(source)
    if not match:
        raise ValueError(f"no {pattern.pattern}")
    return match[1]


def _component(source: str, kind: str) -> list[str]:
    """Nothing for a kind that Gradio has no script for."""
    script = r"component:\(\)=>\w+\(\(\)=>import\(`\./([\w-]+\.js)"
    match = re.search(rf"[{{,]{re.escape(kind)}:\{{[^}}]*?{script}{NUMBERS}", source)
    return [match[1], *_numbered(source, match[2])] if match else []


def _loads(source: str, name: str) -> list[str]:
    match = re.search(rf"import\(`\./{re.escape(name)}{NUMBERS}", source)
    if not match:
        raise ValueError(f"nobody loads {name}")
    return _numbered(source, match[1])


def _numbered(source: str, numbers: str) -> list[str]:
    files = _name(FILES, source).replace('"', "").split(",")
    try:
        return [files[int(number)].removeprefix("./") for number in numbers.split(",") if number]
    except IndexError as wrong:
        raise ValueError("a number without a file") from wrong


def count_while_pending(script: str) -> str:
    """The script of the signs, which now stop counting when what they wait for is there. ValueError for another one.

    Otherwise an idle page asks for 60 frames a second, which took 6 % of a core (0.6 % without).
    """
    state = STATE.search(script)
    changed, count = COUNTING.subn(rf"\1(\3=\3&&{state[1]})&&\2()}})}}" if state else r"\g<0>", script)
    if state is None or count != 1:
        raise ValueError("the loading sign")
    return changed


def tell_seen_states(script: str) -> str:
    """The script of the page, in which an event that shows no sign tells no component that it is under way. ValueError
    for another one.

    Otherwise each press of Run, and each update of an answer that streams, tells all components, which put elements
    that nobody sees into the page: 15 ms of the main thread, a part of it before the press was sent.
    """
    if script.count(SAYING) != 1 or script.count(SHOWING) != 1:
        raise ValueError("the states of events")
    hidden = "this.loading_stati.show_progress[e.fn_index]===`hidden`"
    under_way = "(e.status===`pending`||e.status===`generating`)"
    script = script.replace(
        SAYING,
        f"update_loading_status(e){{if(this.omniUnseen={hidden}&&{under_way})return;this.loading_stati.update(e),",
    )
    return script.replace(
        SHOWING, "async update_loading_stati_state(){if(this.omniUnseen){this.omniUnseen=!1;return}await "
    )


def take_pushes(script: str) -> str:
    """Gradio's client, which now hands on what comes with the signs of life of an open page, and asks for it.
    ValueError for another one."""
    if script.count(BEAT) != 1 or script.count(LISTENING) != 1:
        raise ValueError("the open page's connection")
    script = script.replace(BEAT, BEAT.replace("`)", "?pushes=1`)"))
    return script.replace(LISTENING, LISTENING[:-1] + ",this.heartbeat_event.onmessage=e=>window.omni?.push?.(e.data)}")


MENDED: dict[str, Callable[[str], str]] = {
    "/assets/statustracker-": count_while_pending,
    "/assets/Blocks-": tell_seen_states,
    "/assets/index-": take_pushes,
}
"""By where the address of a script begins: what changes it. ValueError when Gradio has written it otherwise."""


def mending(path: str) -> Callable[[str], str] | None:
    """What changes the script at this address; None for most."""
    return next((mend for start, mend in MENDED.items() if start in path), None)
