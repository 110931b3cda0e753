"""What a file is: a picture, a recording or a video. Judged once, for all tabs.

The first bytes name the container; where a container may hold sound alone, its streams decide. A cover (a still that
belongs to a recording) is no video.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from omni_ui.client import media_type_of, type_of_file

if TYPE_CHECKING:
    from av.container import InputContainer

Kind = Literal["image", "audio", "video", "other"]

READERS = {
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/x-caf": "caf",
    "audio/x-w64": "w64",
    "audio/aiff": "aiff",
    "audio/basic": "au",
    "video/mp4": "mp4",
    "video/webm": "matroska",
    "video/x-ms-asf": "asf",
    "video/x-msvideo": "avi",
    "video/x-flv": "flv",
    "video/mpeg": "mpeg",
    "video/mp2t": "mpegts",
}
"""FFmpeg's reader for each container. No other reader is ever tried: some follow addresses that a file names."""
MARKS = ((b"wvpk", "wv"), (b"TTA1", "tta"), (b"Creative Voice File\x1a", "voc"), (b"\x7f\xfe\x80\x01", "dts"))
"""First bytes of recordings that no server takes, and FFmpeg's readers for them."""
MIXED = {"mp4", "matroska", "asf", "avi", "flv", "mpeg", "mpegts", "ogg"}
"""Readers of containers that hold sound, video or both."""
BY_NAME = {".mp3": "mp3", ".aac": "aac", ".ac3": "ac3", ".eac3": "eac3", ".dts": "dts", ".latm": "loas"}
"""Streams without a header, cut anywhere: only their names tell what they are."""
SOUND_BRANDS = (b"M4A ", b"M4B ")
STILLS = {"mjpeg", "png", "bmp", "gif", "webp"}
"""Codecs of covers."""
FEW = 400
"""Packets that are looked at to tell a cover from a video."""
PACKET = 188
"""Bytes of a packet of an MPEG transport stream; each begins with 0x47."""
HEAD = 2 * PACKET + 1
ID3_HEAD = 10


@dataclass(frozen=True)
class Container:
    """kind: what a visitor would call the file. reader: FFmpeg's name for its container, None when there is none.

    sure: whether its bytes say so, rather than its name.
    """

    kind: Kind
    reader: str | None = None
    sure: bool = True


def identify(path: Path) -> Container:
    """What a file is; kind "other" for what no tab takes. Blocking. OSError when it cannot be opened."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        media_type = _after_tag(file, head) or _media_type(head)
    reader = READERS.get(media_type or "")
    if media_type is None:
        marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
        return Container("audio", marked) if marked else _by_name(path)
    if reader is None:
        return Container(_kind(media_type))
    if reader in MIXED:
        return Container(_kind_by_streams(path, reader, head), reader)
    return Container("audio", reader)


def _kind(media_type: str) -> Kind:
    kind = media_type.partition("/")[0]
    return kind if kind in ("image", "audio", "video") else "other"  # type: ignore[return-value]


def _media_type(head: bytes) -> str | None:
    if len(head) > PACKET and head[0] == head[PACKET] == 0x47 and head[2 * PACKET : HEAD] in (b"", b"\x47"):
        return "video/mp2t"
    return media_type_of(head[:16])


def _after_tag(file: BinaryIO, head: bytes) -> str | None:
    """What follows an ID3 tag, which comes before MP3, AAC and at times FLAC; None without one."""
    if not head.startswith(b"ID3") or len(head) < ID3_HEAD:
        return None
    size = 0
    for byte in head[6:ID3_HEAD]:
        size = size << 7 | byte & 0x7F
    file.seek(ID3_HEAD + size)
    following = media_type_of(file.read(16))
    return following if following in ("audio/aac", "audio/flac", "audio/wav") else "audio/mpeg"


def _by_name(path: Path) -> Container:
    """The last resort: an unknown file is what its name says, and its reader will say what is wrong with it."""
    reader = BY_NAME.get(path.suffix.lower())
    return Container("audio" if reader else _kind(type_of_file(path, b"")), reader, sure=False)


def _kind_by_streams(path: Path, reader: str, head: bytes) -> Kind:
    try:
        import av  # optional: without it the brand of an MP4 and the usual content of the rest must do
    except ImportError:
        return "audio" if reader in ("ogg", "asf") or head[8:12] in SOUND_BRANDS else "video"
    try:
        with path.open("rb") as file, av.open(file, "r", format=reader) as container:
            cover = av.stream.Disposition.attached_pic
            films = [stream for stream in container.streams.video if not stream.disposition & cover]
            if not container.streams.audio:
                return "video"
            stills = all(stream.codec_context.name in STILLS for stream in films)
            return "audio" if not films or (stills and _are_covers(container)) else "video"
    except Exception:  # a damaged file: whoever decodes it says so
        return "audio" if reader == "ogg" or head[8:12] in SOUND_BRANDS else "video"


def _are_covers(container: "InputContainer") -> bool:
    """Whether the video streams of a recording hold one picture each: a cover that is not marked as one."""
    pictures = 0
    for number, packet in enumerate(container.demux()):
        pictures += packet.stream.type == "video" and bool(packet.size)
        if pictures > len(container.streams.video) or number >= FEW:
            break
    return pictures <= len(container.streams.video)
