"""What the settings do here: sent with the models that /v1/models lists, and shown by the page beside the settings."""

ABOUT = {
    "image": (
        "In this demo a painter that knows words stands in for a model. Below 20 inference steps the picture is left "
        "unfinished; a low guidance scale paints pale colours and small subjects or none, a high one strong colours "
        "and large subjects."
    ),
    "edit": (
        "In this demo an editor that knows words stands in for a model. Below 20 inference steps the picture is left "
        "unfinished; a guidance scale below 3 makes the change weaker."
    ),
    "speech": (
        "In this demo the synthesiser espeak-ng stands in for a model. From a reference recording it takes pitch and "
        "pace: this is a voice match, and no clone of the voice."
    ),
    "sound": (
        "In this demo a synthesiser that knows words stands in for a model. Below 30 inference steps the sound is dull "
        "and grainy; guidance scale is how close it seems, from a far hall at 0 to dry at 10."
    ),
    "video": (
        "In this demo painted scenes and moving cameras stand in for a model. Below 20 inference steps the scene is "
        "left unfinished; a low guidance scale paints pale colours and small subjects or none, a high one strong "
        "colours and large subjects. Watched while it is made, it is painted in pieces of 8 frames: another prompt "
        "fades in over three of them, and keys move the picture."
    ),
}
