"""Python that reads answers, used by two languages: the Python snippets, and curl's, which pipes into it.

No apostrophe may stand in these texts: curl's shell quotes them with apostrophes.
"""

PICTURES = """for number, picture in enumerate(answer["data"], 1):
    with open(f"{stem}-{number}.{suffix}", "wb") as file:
        file.write(base64.b64decode(picture["b64_json"]))
"""

BATCH = """suffixes = {"audio/wav": "wav", "audio/flac": "flac", "audio/mpeg": "mp3", "audio/ogg": "ogg"}
for result in answer["results"]:
    if result["status"] != "success":
        print("Text", result["index"] + 1, "failed:", result["error"])
        continue
    name = "{stem}-%d.%s" % (result["index"] + 1, suffixes.get(result["media_type"], "pcm"))
    with open(name, "wb") as file:
        file.write(base64.b64decode(result["audio_data"]))
"""

SPEECH_EVENTS = """sound = bytearray()
for line in lines:
    if not line.startswith(b"data:"):
        continue
    event = json.loads(line[5:])
    if "error" in event:
        sys.exit(event["error"]["message"])
    sound += base64.b64decode(event.get("audio", ""))
if not sound:
    sys.exit("The server sent no sound.")
"""

FIX_WAV = """# The header was sent before the length was known: put it in.
sound[4:8] = (len(sound) - 8).to_bytes(4, "little")
sound[40:44] = (len(sound) - 44).to_bytes(4, "little")
"""

EACH_CHOICE = """for line in lines:
    line = line.removeprefix(b"data:").strip()
    if not line or line == b"[DONE]":
        continue
    chunk = json.loads(line)
    if "error" in chunk:
        sys.exit(chunk["error"]["message"])
    for choice in chunk["choices"]:
        said = choice.get("delta") or choice.get("message") or {}
"""

CHAT_TEXT = (
    EACH_CHOICE
    + """        print(said.get("content") or "", end="", flush=True)
print()
"""
)

CHAT_MEDIA = (
    "pictures, sounds = [], []\n"
    + EACH_CHOICE
    + """        content = said.get("content") or ""
        if chunk.get("modality") == "audio":
            sounds.append(base64.b64decode(content))
            continue
        for part in [{"text": content}] if isinstance(content, str) else content:
            if "image_url" in part:
                pictures.append(base64.b64decode(part["image_url"]["url"].partition(",")[2]))
            print(part.get("text", ""), end="", flush=True)
        if said.get("audio"):
            sounds.append(base64.b64decode(said["audio"]["data"]))
print()
"""
)

SAVE_MEDIA = """for number, picture in enumerate(pictures, 1):
    with open(f"{stem}-{number}.png", "wb") as file:
        file.write(picture)
if sounds:
    # Each piece is a WAV file of its own: join their samples.
    pieces = [wave.open(io.BytesIO(sound)) for sound in sounds]
    with wave.open("{stem}.wav", "wb") as file:
        file.setparams(pieces[0].getparams())
        for piece in pieces:
            file.writeframes(piece.readframes(piece.getnframes()))
"""


def fill(reader: str, stem: str, suffix: str = "") -> str:
    """A reader with the names of its results put in."""
    return reader.replace("{stem}", stem).replace("{suffix}", suffix)
