"""The child process that holds espeak-ng: JSON lines in, 16-bit samples out. Run by `voice.py`, never imported.

espeak-ng keeps everything in C globals: it is not safe with threads, one call changes the sound of the next (the
flutter of the pitch goes on where it stopped), and odd text has made it run wild. A fresh process for each request
takes 30 ms and removes all three worries.

Arguments: the library, its data folder. A line in: {"text", "voice", "rate", "pitch", "range"}. Out, for each line:
the number of bytes as 4 little-endian bytes, then mono samples at 22,050 Hz, little-endian.
"""

import ctypes
import json
import sys

RETRIEVAL, DONT_EXIT = 1 << 1, 0x8000  # espeak_Initialize: give the samples to the callback; report errors
RATE, PITCH, RANGE = 1, 3, 4  # espeak_SetParameter
UTF8, END_PAUSE = 1, 0x1000  # espeak_Synth
LONGEST = 22_050 * 90  # samples for one sentence; more means that espeak-ng has lost its way


def main(library: str, data: str) -> None:
    espeak = ctypes.CDLL(library)
    if espeak.espeak_Initialize(RETRIEVAL, 200, data.encode(), DONT_EXIT) < 0:
        sys.exit("espeak-ng found no data")
    espeak.espeak_ng_SetRandSeed(ctypes.c_long(1))  # else breath and whisper depend on the second of the day
    spoken = bytearray()

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    def collect(samples, count, _events):
        if samples and count > 0:
            spoken.extend(ctypes.string_at(samples, count * 2))
        return int(len(spoken) > LONGEST * 2)

    espeak.espeak_SetSynthCallback(collect)
    for line in sys.stdin.buffer:
        wanted = json.loads(line)
        spoken.clear()
        if espeak.espeak_SetVoiceByName(wanted["voice"].encode()) != 0:
            sys.exit(f"espeak-ng has no voice {wanted['voice']}")
        for number, name in ((RATE, "rate"), (PITCH, "pitch"), (RANGE, "range")):
            espeak.espeak_SetParameter(number, wanted[name], 0)
        text = wanted["text"].encode(errors="replace")
        espeak.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, 1, 0, UTF8 | END_PAUSE, None, None)
        sys.stdout.buffer.write(len(spoken).to_bytes(4, "little") + bytes(spoken))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
