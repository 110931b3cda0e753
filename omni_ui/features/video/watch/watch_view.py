"""What is seen of a video while it is made, and its timeline. The browser's half: watch.js and timeline.js."""

from typing import Any

import gradio as gr

from omni_ui.core.files import shown
from omni_ui.core.scripts import mounted
from omni_ui.widgets.component_class import ComponentClass
from omni_ui.widgets.components import ValueHTML

KEYS = {"w": "W", "a": "A", "s": "S", "d": "D", "i": "I", "j": "J", "k": "K", "l": "L"}
WORDS = {"w": "Forward", "a": "Left", "s": "Back", "d": "Right"}
WORDS |= {"i": "Look up", "j": "Turn left", "k": "Look down", "l": "Turn right"}
PLAYER = """<section class="omni-watch" aria-label="The video while it is made" hidden>
<video muted playsinline controls></video>
<p class="omni-watch-note" role="status" hidden></p>
<div class="omni-watch-tools">
<form class="omni-watch-now"><input type="text" maxlength="32000" placeholder="What happens next"
aria-label="What happens next"><button class="omni-small">Change now</button></form>
<div class="omni-watch-keys" role="group" aria-label="Camera: hold a key" tabindex="0">{keys}</div>
</div></section>"""
TIMELINE = """<section class="omni-timeline" aria-label="Timeline">
<div class="omni-timeline-track"></div><ol class="omni-timeline-rows"></ol>
<button type="button" class="omni-small omni-timeline-add">Add a prompt at a second</button></section>"""


def watch_player(elem_id: str) -> ValueHTML:
    """Its value is the ticket of the video that is shown, "" for none."""
    keys = "".join(
        f'<button type="button" data-key="{key}" aria-pressed="false" aria-label="{WORDS[key]}: {letter}" '
        f'title="{WORDS[key]}">{letter}</button>'
        for key, letter in KEYS.items()
    )
    return ValueHTML("", **mounted(PLAYER.replace("{keys}", keys), "video_watch"), elem_id=elem_id, padding=False)


def timeline_control(elem_id: str, label: str) -> ValueHTML:
    """The control of the field `timeline`: JSON text, as programs send it."""
    return ValueHTML("", label=label, **mounted(TIMELINE, "video_timeline"), elem_id=elem_id, padding=False)


class ResultVideo(gr.Video, metaclass=ComponentClass):
    """Shows a video as it is. With ffmpeg installed, Gradio's own examines each and may write it anew."""

    def postprocess(self, value: Any) -> Any:
        """Takes a path in the cache."""
        return shown(value) if value else None


def video_result() -> tuple[ResultVideo, ValueHTML]:
    """Where a video is shown, and where it is seen while it is made."""
    player = watch_player("video-player")
    result = ResultVideo(
        label="Result",
        show_label=False,
        elem_id="video-result",
        elem_classes="omni-result",
        interactive=False,
        buttons=[],
    )
    return result, player
