"""The demo server's songs."""

import numpy as np

from omni_ui.demo.audio.song import RATE, sing


def test_a_song_is_the_same_each_time_and_ends_where_it_should():
    once, again = (np.concatenate(list(sing("[verse]\nHush now\nsleep", style="slow", seed=5))) for _ in range(2))
    assert np.array_equal(once, again)
    assert once.dtype == np.int16
    assert once.shape[1] == 2
    assert not np.array_equal(once, np.concatenate(list(sing("[verse]\nHush now\nsleep", style="fast", seed=5))))
    short = np.concatenate(list(sing("Hush now\nsleep\nsleep", seconds=1.5)))
    assert len(short) == 1.5 * RATE


def test_each_line_is_a_piece_and_signs_are_passed_over():
    pieces = list(sing("One two\n\n[chorus]\n… — !\n今天很好"))
    assert len(pieces) == 4
    assert all(np.abs(piece.astype(int)).max() > 500 for piece in pieces)
