"""Makes the pictures of the example cards (omni_ui/features/stage/examples): `python -m bench.make_examples`.

They are what the demo server answers to the very words of the cards, made small. Run it when those words change.
"""

import io
import tempfile
import wave
from pathlib import Path

import av
import numpy as np
from PIL import Image

from omni_ui.client import EditRequest, ImageRequest, SoundRequest, SpeechRequest, SyncOmniClient, VideoRequest
from omni_ui.demo.server import DemoServer
from omni_ui.features.stage.examples import EXAMPLES, FOLDER, SAMPLE, picture_name

CARD = (360, 270)
SEED = 11


def card(picture: Image.Image) -> Image.Image:
    """The middle of a picture, as small as a card."""
    scale = max(CARD[0] / picture.width, CARD[1] / picture.height)
    size = (round(picture.width * scale), round(picture.height * scale))
    small = picture.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
    left, top = (small.width - CARD[0]) // 2, (small.height - CARD[1]) // 2
    cut = small.crop((left, top, left + CARD[0], top + CARD[1]))
    return Image.alpha_composite(_checkerboard(), cut).convert("RGB")


def _checkerboard() -> Image.Image:
    """What is seen where a picture is see-through."""
    across, down = np.meshgrid(np.arange(CARD[0]) // 15, np.arange(CARD[1]) // 15)
    grey = np.where((across + down) % 2, 255, 201).astype(np.uint8)
    return Image.fromarray(grey).convert("RGBA")


def save(picture: Image.Image, name: str) -> None:
    picture.save(FOLDER / name, quality=70, method=6)


def film_strip(data: bytes) -> Image.Image:
    """A moment of a video, between the holes of a film's edges."""
    with av.open(io.BytesIO(data)) as film:
        frames = [frame.to_image() for frame in film.decode(video=0)]
    strip = card(frames[len(frames) // 2])
    edge = 26
    for top in (0, CARD[1] - edge):
        strip.paste((18, 20, 26), (0, top, CARD[0], top + edge))
        for left in range(8, CARD[0], 28):
            strip.paste((214, 219, 229), (left, top + 8, left + 14, top + edge - 8))
    return strip


def wave_form(data: bytes) -> Image.Image:
    """The loudness of a WAV file over time, as bars."""
    with wave.open(io.BytesIO(data)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2").astype(float)
    bars = np.array([np.abs(part).max() for part in np.array_split(samples, 60)])
    bars = bars / max(1.0, bars.max())
    picture = Image.new("RGB", CARD, (238, 240, 252))
    for at, bar in enumerate(bars):
        half = max(2, round(100 * bar))
        picture.paste((99, 102, 241), (at * 6 + 1, CARD[1] // 2 - half, at * 6 + 5, CARD[1] // 2 + half))
    return picture


def main() -> None:
    for tab in EXAMPLES:
        (FOLDER / tab).mkdir(parents=True, exist_ok=True)
    demo = DemoServer()
    demo.start()
    try:
        with SyncOmniClient(demo.url) as omni, tempfile.TemporaryDirectory() as folder:
            make(omni, Path(folder))
    finally:
        demo.stop()


def make(omni: SyncOmniClient, folder: Path) -> None:
    for number, words in enumerate(EXAMPLES["image"]):
        pictures = omni.images(ImageRequest(prompt=words, seed=SEED, size="768x576"))
        save(card(Image.open(io.BytesIO(pictures.pictures[0].data))), picture_name("image", number))
    sample = omni.images(ImageRequest(prompt="A small house by a river in summer", seed=SEED, size="768x768"))
    save(Image.open(io.BytesIO(sample.pictures[0].data)).convert("RGB"), SAMPLE)
    for number, words in enumerate(EXAMPLES["edit"]):
        edited = omni.edits(EditRequest(prompt=words, image=[FOLDER / SAMPLE], seed=SEED))
        save(card(Image.open(io.BytesIO(edited.pictures[0].data))), picture_name("edit", number))
    for number, words in enumerate(EXAMPLES["speech"]):
        speech = omni.speech(SpeechRequest(input=words, seed=SEED, response_format="wav"))
        save(wave_form(speech.data), picture_name("speech", number))
    for number, words in enumerate(EXAMPLES["sound"]):
        sound = omni.sound(SoundRequest(input=words, seed=SEED, audio_length=6))
        save(wave_form(sound.data), picture_name("sound", number))
    for number, words in enumerate(EXAMPLES["video"]):
        film = folder / f"{number}.mp4"
        omni.video_sync(VideoRequest(prompt=words, seed=SEED, size="832x480", seconds="2"), film)
        save(film_strip(film.read_bytes()), picture_name("video", number))


if __name__ == "__main__":
    main()
