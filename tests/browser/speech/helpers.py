"""What the tests of Speech look at and press."""

import io
import time

import soundfile

from tests.browser.conftest import take

UNFINISHED = "#speech-settings [data-do=take][data-name$='unfinished.wav']"


TEXT = "The birch canoe slid on the planks. Glue the sheet to the dark blue background. It is easy to tell the depth."


def choose(page, field, label):
    page.click(f"#speech-{field} input")
    page.get_by_role("option", name=label, exact=True).click()


def sound_of(page):
    return soundfile.read(io.BytesIO(take(page, "speech")[1]))


def subtitles(page, kind):
    return take(page, "speech", kind)[1].decode()


def wait_until(true, within=30.0):
    until = time.monotonic() + within
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def streams(page):
    return page.evaluate("[...omni.streams.values()].map((one) => ({...one.stats, state: one.state}))")


def open_panel(page):
    page.click("#speech-voices > button")
    page.wait_for_selector("#speech-voice-name input")
