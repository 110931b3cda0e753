"""What is seen of a video while it is made, and its timeline. The browser's half: watch.js and timeline.js."""

from typing import Any

import gradio as gr

from omni_ui.core.files import shown
from omni_ui.core.scripts import mounted
from omni_ui.core.templates import html_file, render
from omni_ui.widgets.component_class import ComponentClass
from omni_ui.widgets.components import ValueHTML

KEYS = {"w": "Forward", "a": "Left", "s": "Back", "d": "Right"}
KEYS |= {"i": "Look up", "j": "Turn left", "k": "Look down", "l": "Turn right"}


def watch_player(elem_id: str) -> ValueHTML:
    """Its value is the ticket of the video that is shown, "" for none."""
    html = render("features/video/watch/watch.html.jinja", keys=KEYS)
    return ValueHTML("", **mounted(html, "video_watch"), elem_id=elem_id, padding=False)


def timeline_control(elem_id: str, label: str) -> ValueHTML:
    """The control of the field `timeline`: JSON text, as programs send it."""
    html = html_file("features/video/watch/timeline.html")
    return ValueHTML("", label=label, **mounted(html, "video_timeline"), elem_id=elem_id, padding=False)


class ResultVideo(gr.Video, metaclass=ComponentClass):
    """Shows a video as it is. With ffmpeg installed, Gradio's own examines each and may write it anew."""

    def postprocess(self, value: Any) -> object:
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
