"""What is said of pictures below the result."""

import base64

from omni_ui.client.answers.formats import picture_from
from omni_ui.client.answers.pictures import Pictures
from omni_ui.media.result_images import picture_facts
from tests.client.scripted import png


def test_pictures_that_came_broken_are_counted():
    whole = picture_from(base64.b64encode(png((32, 16))).decode())
    assert picture_facts(Pictures([whole, whole])) == [("", "32 × 16 PNG")]
    facts = picture_facts(Pictures([whole, whole], missing=1))
    assert facts == [("", "32 × 16 PNG"), ("lost", "1 of 3, damaged by the server")]
