"""Where a sound is heard and seen: a player over the file as it came, its waveform and its spectrogram.

The browser's half is omni_ui/widgets/audio_player.js.
"""

from omni_ui.core.files import Json, shown
from omni_ui.core.scripts import mounted
from omni_ui.media.waveform import Drawing
from omni_ui.widgets.components import FileHTML, ObjectHTML


def sound_player(elem_id: str) -> FileHTML:
    """Plays a file given as `shown` gives it, or nothing for None. In the API it is that file."""
    return FileHTML(
        None, label="Result", elem_id=elem_id,
        **mounted('<div class="omni-sound"><div class="omni-sound-empty">No sound yet</div></div>', "audio_player"),
    )  # fmt: skip


def sound_drawing(elem_id: str, player: str) -> ObjectHTML:
    """Shows what `drawing_of` made. A click on it moves the player with that elem_id there."""
    return ObjectHTML(
        None, elem_id=elem_id,
        **mounted('<div class="omni-drawing" hidden></div>', "audio_drawing", player=player),
    )  # fmt: skip


def drawing_of(drawing: Drawing, seconds: float, channels: int) -> Json:
    """The value of a `sound_drawing`."""
    return {
        "waveform": shown(drawing.waveform),
        "spectrogram": shown(drawing.spectrogram),
        "seconds": seconds,
        "channels": channels,
        "highest": drawing.highest,
    }
