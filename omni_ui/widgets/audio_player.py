"""Where a sound is heard and seen: a player over the file as it came, its waveform and its spectrogram.

The browser's half is omni_ui/widgets/audio_player.js.
"""

from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from omni_ui.core.files import shown
from omni_ui.core.scripts import mounted
from omni_ui.media.waveform import Drawing
from omni_ui.widgets.fields import Component


def sound_player(elem_id: str) -> Component:
    """Plays a file given as `shown` gives it, or nothing for None. In the API it is that file."""
    made = gr.HTML(
        None, label="Result", elem_id=elem_id,
        **mounted('<div class="omni-sound"><div class="omni-sound-empty">No sound yet</div></div>', "audio_player"),
    )  # fmt: skip
    made.api_info = FileData.model_json_schema
    made.example_payload = made.example_value = lambda: None
    return made


def sound_drawing(elem_id: str, player: str) -> Component:
    """Shows what `drawing_of` made. A click on it moves the player with that elem_id there."""
    made = gr.HTML(
        None, elem_id=elem_id,
        **mounted('<div class="omni-drawing" hidden></div>', "audio_drawing", player=player),
    )  # fmt: skip
    made.api_info = lambda: {"type": "object"}
    return made


def drawing_of(drawing: Drawing, seconds: float, channels: int) -> dict[str, Any]:
    """The value of a `sound_drawing`."""
    return {
        "waveform": shown(drawing.waveform),
        "spectrogram": shown(drawing.spectrogram),
        "seconds": seconds,
        "channels": channels,
        "highest": drawing.highest,
    }
