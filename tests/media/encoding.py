"""Sounds and films for tests, written by FFmpeg."""

import numpy as np
import pytest

av = pytest.importorskip("av")


def tone(seconds=1.0, rate=24000, channels=1, level=0.5, hertz=440.0):
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def encode(path, codec, container=None, seconds=1.0, video=False, audio=True, index_first=False):
    """A film or a sound of one tone, written by FFmpeg. index_first: the index of an MP4 before its media."""
    flags = {"movflags": "faststart"} if index_first else {}
    with av.open(str(path), "w", format=container, container_options=flags) as out:
        stream = out.add_stream(codec, rate=48000, layout="mono") if audio else None
        if stream and codec == "wmav2":
            stream.bit_rate = 48_000  # the default is too high for one channel
        if video:
            film = out.add_stream("libx264", rate=10)
            film.width = film.height = 64
            film.pix_fmt = "yuv420p"
            for _ in range(10):
                for packet in film.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")):
                    out.mux(packet)
            for packet in film.encode():
                out.mux(packet)
        if audio:
            whole = (tone(seconds, 48000).T * 32767).astype(np.int16)
            fifo = av.AudioFifo()
            frame = av.AudioFrame.from_ndarray(whole, format="s16", layout="mono")
            frame.sample_rate = 48000
            resampler = av.AudioResampler(stream.codec_context.format.name, "mono", 48000)
            for one in resampler.resample(frame):
                fifo.write(one)
            size = stream.codec_context.frame_size or 1024
            while (piece := fifo.read(size)) or (piece := fifo.read(size, partial=True)):
                for packet in stream.encode(piece):
                    out.mux(packet)
            for packet in stream.encode():
                out.mux(packet)
    return path
