"""What the demo makes of the page's prompt helper. There is no language model, so it adds fixed words and says so."""

from omni_ui.demo.assistant import facts

ENDINGS = {
    "videos": "The camera moves slowly, the light is soft, and small details move in the wind.",
    "sounds": "Close and clear at first, then farther away, in a wide room.",
    "aloud": "Take your time with it, and let every word be heard.",
    "": "Soft light from the side, fine detail in the foreground, a calm and wide background.",
}
"""By a word of the instruction, which says what the prompt is for."""


def helped(messages: list[dict]) -> str | None:
    """The answer to the page's prompt helper (omni_ui/features/assist); None when something else is asked."""
    first, last = (messages[0], messages[-1]) if messages else ({}, {})
    if not (isinstance(first, dict) and isinstance(last, dict) and first.get("role") == "system"):
        return None
    instruction = str(first.get("content") or "")
    if instruction.startswith("You describe pictures."):
        return _described(last.get("content"))
    prompt = last.get("content")
    if not isinstance(prompt, str) or not instruction.startswith(("You rewrite prompts.", "You translate prompts.")):
        return None
    if instruction.startswith("You translate"):
        return prompt
    ending = next(text for word, text in ENDINGS.items() if word in instruction)
    return f"{prompt.strip().rstrip('.')}. {ending}"


def _described(content: object) -> str:
    """Colours and light as measured: the demo cannot tell what is seen."""
    parts = content if isinstance(content, list) else []
    urls = [part["image_url"].get("url", "") for part in parts if isinstance(part, dict) and "image_url" in part]
    try:
        rows = facts.picture(facts.read_data(str(urls[0] if urls else "")))
    except ValueError as wrong:
        return f"The picture could not be read: {wrong}."
    return (
        f"A picture in {rows['Colours']}; {rows['Brightness'].partition(', ')[2]} light, {rows['Contrast']} contrast."
    )
