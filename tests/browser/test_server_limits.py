"""What a server lacks is marked beside its control, and files that its model refuses are not offered."""

import pytest

from tests.browser.conftest import open_code, run_and_wait

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(demo_app, open_lasting_page):
    return open_lasting_page(demo_app.url, "Video")


def test_settings_that_the_server_lacks_are_marked_and_described(page):
    """The demo has no aspect ratio and no control of videos."""
    mark = page.wait_for_selector("#video-aspect_ratio .omni-lacks", state="attached")
    assert mark.text_content() == "Not on this server."
    described = page.get_attribute("#video-short_edge input[type=number]", "aria-describedby") or ""
    assert "video-short_edge-lacks" in described.split()
    page.wait_for_selector("#video-control_reference .omni-lacks", state="attached")
    assert not page.query_selector("#video-num_frames .omni-lacks")
    assert not page.query_selector("#image-tab .omni-lacks")


def test_a_setting_without_an_effect_is_named_below_the_result_and_not_in_its_code(page):
    page.fill("#video-prompt textarea", "waves")
    for name, value in (("num_frames", "5"), ("short_edge", "240")):
        page.locator(f"#video-{name} input[type=number]").evaluate(
            "(field, value) => { field.value = value; field.dispatchEvent(new Event('input', { bubbles: true })); }",
            value,
        )
    facts = run_and_wait(page, "video")
    assert "not on this server" in facts
    assert "Short edge" in facts
    open_code(page, "video")
    assert "short_edge" not in (page.text_content("#video-code") or "")
    assert "num_frames" in (page.text_content("#video-code") or "")
