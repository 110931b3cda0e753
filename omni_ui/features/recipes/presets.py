"""Presets that come with the app: good starting points, filled in by a click. Their names say what they are for."""

from omni_ui.core.files import Json
from omni_ui.features.recipes.recipe import Recipe

_SHIPPED: dict[str, list[tuple[str, Json]]] = {
    "chat": [
        (
            "Short answers",
            {
                "messages": [
                    {"role": "system", "content": "Answer in at most two sentences, in plain words."},
                    {"role": "user", "content": "What does the guidance scale of a picture model do?"},
                ],
                "temperature": 0.3,
                "max_tokens": 300,
            },
        ),
        (
            "Prompt writer",
            {
                "messages": [
                    {
                        "role": "system",
                        "content": "You turn a rough idea into one prompt for a picture model: subject, place, light, "
                        "style, lens. Answer with the prompt alone.",
                    },
                    {"role": "user", "content": "a quiet harbour in winter"},
                ],
                "temperature": 0.9,
            },
        ),
    ],
    "image": [
        ("Quick draft", {"prompt": "A paper boat on a still lake at dawn, soft mist, muted colours", "size": "512x512",
                         "num_inference_steps": 8}),
        ("Wide landscape", {"prompt": "Terraced rice fields after rain, low sun, long shadows, aerial view",
                            "size": "1344x768", "num_inference_steps": 40, "guidance_scale": 4.0}),
        ("Four portraits", {"prompt": "Portrait of an old clockmaker at his bench, window light, shallow focus",
                            "negative_prompt": "text, watermark, blurry", "size": "832x1248", "n": 4}),
    ],
    "edit": [
        ("Make it night", {"prompt": "Make it night, with warm light in the windows"}),
        ("Watercolour", {"prompt": "Turn it into a watercolour on rough paper", "guidance_scale": 4.0}),
        ("Cut out", {"prompt": "Remove the background", "background": "transparent", "output_format": "png"}),
    ],
    "speech": [
        ("Storyteller", {"input": "At the edge of the sea there stood a lighthouse that nobody had lit in years.",
                         "language": "English", "instructions": "Calm and warm, with long pauses, as at a bedside."}),
        ("Announcement", {"input": "The train to the coast leaves from platform four in five minutes.",
                          "language": "English", "instructions": "Clear and friendly, like an announcement."}),
    ],
    "sound": [
        ("Rain on a roof", {"input": "Steady rain on a tin roof, distant thunder", "audio_length": 10.0}),
        ("Music loop", {"input": "Slow lo-fi beat with a soft electric piano and vinyl crackle", "audio_length": 30.0,
                        "negative_prompt": "vocals, distortion"}),
        ("Doorbell", {"input": "A short two-tone doorbell, dry, close", "audio_length": 2.0}),
    ],
    "video": [
        ("Quick look", {"prompt": "Waves roll onto a beach at sunset, seen from a low angle", "size": "480x832",
                        "num_frames": 33, "fps": 16.0, "num_inference_steps": 10}),
        ("Slow pan", {"prompt": "A slow pan over a mountain village in the first snow, smoke from the chimneys",
                      "size": "832x480", "num_frames": 81, "fps": 16.0, "num_inference_steps": 30}),
    ],
}  # fmt: skip


def shipped(tab: str) -> list[tuple[str, Recipe]]:
    """The presets of a tab, by name."""
    return [
        (name, Recipe.from_dict({"omni": 1, "tab": tab, "request": request})) for name, request in _SHIPPED.get(tab, [])
    ]
