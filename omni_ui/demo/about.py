"""What the settings do here: sent with the models that /v1/models lists, and shown by the page beside the settings."""

ABOUT = {
    "image": (
        "The demo has no AI model: a simple program draws the words it knows. Below 20 inference "
        "steps the picture is unfinished. A low guidance scale gives pale colours and small "
        "subjects or none, a high one strong colours and large subjects."
    ),
    "edit": (
        "The demo has no AI model: a simple program makes the changes it knows. Below 20 inference "
        "steps the picture is unfinished; a guidance scale below 3 makes the change weaker."
    ),
    "speech": (
        "The demo has no AI model: the synthesiser espeak-ng speaks. From a reference recording it "
        "takes only pitch and pace; it does not clone the voice."
    ),
    "sound": (
        "The demo has no AI model: a simple synthesiser plays the words it knows. Below 30 "
        "inference steps the sound is dull and grainy; guidance scale sets how near it sounds, "
        "from a distant hall at 0 to dry at 10."
    ),
    "video": (
        "The demo has no AI model: a simple program draws scenes and moves the camera. Below 20 "
        "inference steps the scene is unfinished. A low guidance scale gives pale colours and "
        "small subjects or none, a high one strong colours and large subjects. When you watch "
        "while generating, it comes in pieces of 8 frames: a new prompt fades in over three of "
        "them, and keys move the camera."
    ),
}
