"""Times of words: taken from an aligner, estimated, written into subtitles and read back."""

from itertools import pairwise

import pytest

from omni_ui.client.live import Word
from omni_ui.features.speech.words.subtitles import read_vtt, screens, srt, vtt
from omni_ui.features.speech.words.word_times import aligned, cue, estimated, shown_words, spread_words, words_of

HEARD = [Word("Hello", 0.0, 0.4), Word("Dr", 0.4, 0.5), Word("O'Neil", 0.5, 0.9), Word("again", 1.0, 1.5)]


def test_words_keep_their_marks_and_join_to_the_text():
    assert words_of("Hello,  world!\nBye.") == ["Hello, ", "world! ", "Bye."]
    assert words_of("今天，好 day") == ["今", "天，", "好 ", "day"]
    assert words_of("") == []


def test_an_estimate_fills_the_time_and_rests_after_marks():
    words = estimated("One, two three.", 10, 13)
    assert (words[0].start, round(words[-1].end, 6)) == (10, 13)
    assert words[1].start > words[0].end  # the comma
    assert words[2].start == words[1].end
    assert words[2].end - words[2].start > words[1].end - words[1].start  # more letters
    assert estimated("", 0, 1) == ()


def test_an_aligners_words_get_back_their_marks():
    words = aligned("Hello, Dr. O'Neil — again.", HEARD, 2)
    assert [word.text for word in words] == ["Hello, ", "Dr. ", "O'Neil ", "— ", "again."]
    assert [word.start for word in words] == [2.0, 2.4, 2.5, 2.9, 3.0]
    assert words[-1].end == 3.5


def test_words_that_an_aligner_cut_are_joined():
    heard = [Word("don", 0, 0.1), Word("t", 0.1, 0.2), Word("go", 0.2, 0.5)]
    assert aligned("Don't go", heard, 0)[0] == Word("Don't ", 0, 0.2)


def test_words_that_are_not_those_of_the_text_stand_as_they_are():
    assert [word.text for word in aligned("It is 3 o'clock.", [Word("It", 0, 1), Word("three", 1, 2)], 0)] == [
        "It ", "three ",
    ]  # fmt: skip


def test_a_text_in_one_piece_is_spread_over_its_sentences():
    cues = spread_words("One here. Two is a longer sentence there. End.", 6)
    assert [c.text for c in cues] == ["One here.", "Two is a longer sentence there.", "End."]
    assert (cues[0].start, cues[-1].end) == (0, 6)
    assert all(a.end == b.start for a, b in pairwise(cues))
    assert shown_words(cues)["estimated"] is True
    assert spread_words("...", 1)[0].end == 1


def test_subtitles_change_where_a_word_begins():
    text = "word " * 30
    heard = [Word("word", at if at < 15 else at + 20, at + 1 if at < 15 else at + 21) for at in range(30)]
    parts = screens(cue(text.strip(), 0, 50, heard))
    assert len(parts) == 2
    assert parts[0].end == 36.0  # 16 words stand on the first screen; by letters it would be 26
    assert "00:00:36,000" in srt([cue(text.strip(), 0, 50, heard)])


def test_known_times_stand_in_the_vtt_and_come_back():
    known = cue("Hello, Dr. O'Neil <b> again.", 1, 2.5, [*HEARD[:3], Word("b", 0.9, 1.0), HEARD[3]], "Al & Bo")
    text = vtt([known])
    assert (
        "<v Al &amp; Bo>Hello, <00:00:01.400>Dr. <00:00:01.500>O'Neil <00:00:01.900>&lt;b&gt; <00:00:02.000>again."
        in text
    )
    (back,) = read_vtt(text)
    assert (back.speaker, back.text, back.estimated) == ("Al & Bo", "Hello, Dr. O'Neil <b> again.", False)
    assert [word.start for word in back.words] == [word.start for word in known.words]


def test_estimated_times_are_not_written_into_the_vtt():
    text = vtt([cue("Hello there.", 0, 1)])
    assert "<0" not in text
    (back,) = read_vtt(text)
    assert (back.text, back.words, back.estimated) == ("Hello there.", (), True)


@pytest.mark.parametrize(
    "text", ["", "WEBVTT", "WEBVTT\n\nnot a cue", "99 --> x\nwords", "00:00:00.000 --> 00:00:01.000"]
)
def test_what_is_no_subtitle_is_left_out(text):
    assert [c.text for c in read_vtt(text) if c.text] == []


def test_long_lines_with_times_are_broken_where_the_screen_breaks():
    text = "a sentence that needs a second line on the screen now"
    heard = [Word(word, n, n + 1) for n, word in enumerate(text.split())]
    body = vtt([cue(text, 0, 11, heard)]).split("\n\n")[1].strip().split("\n")[1:]
    assert len(body) == 2
    assert body[1].endswith("now")
