import re
from itertools import pairwise

from omni_ui.features.speech.words.subtitles import Cue, screens, srt, vtt

CUES = [Cue(0, 1.5, "Hello <b> & you.", "Al"), Cue(3661.25, 3662, "Bye.")]


def test_srt():
    assert srt(CUES) == (
        "1\n00:00:00,000 --> 00:00:01,500\nAl: Hello <b> & you.\n\n2\n01:01:01,250 --> 01:01:02,000\nBye.\n"
    )


def test_vtt_escapes_and_names_the_voice():
    assert vtt(CUES) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n<v Al>Hello &lt;b&gt; &amp; you.\n\n"
        "01:01:01.250 --> 01:01:02.000\nBye.\n"
    )


def test_a_long_cue_becomes_several_without_gaps():
    made = screens(Cue(10, 20, "one two three four five six seven eight nine ten " * 6))
    assert (made[0].start, round(made[-1].end, 6)) == (10, 20)
    assert all(a.end == b.start for a, b in pairwise(made))
    assert all(len(line) <= 42 for one in made for line in one.text.split("\n"))
    assert all(one.text.count("\n") <= 1 for one in made)


def test_chinese_lines_are_shorter():
    made = screens(Cue(0, 10, "今天天气很好我们去公园吧" * 6))
    assert all(len(line) <= 21 for one in made for line in one.text.split("\n"))


def test_times_are_rounded_and_never_sixty_seconds():
    assert re.findall(r"[\d:,]{12}", srt([Cue(59.9996, 119.9999, "x")])) == ["00:01:00,000", "00:02:00,000"]
