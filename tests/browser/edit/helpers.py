"""What the tests of Edit look at and press."""

import time

FIELD = "#edit-image input[type=file]"


MASK = "#edit-mask_image input[type=file]"


def opened(open_page, url: str, **context):
    page = open_page(url, "Edit", **context)
    page.wait_for_selector(FIELD, state="attached")
    return page


def add(page, *paths, field: str = FIELD) -> None:
    """Gives the field these files and waits until the app has looked at them: they are there, or it says why not."""
    page.set_input_files(field, [str(path) for path in paths])
    box = field.split(" ")[0]
    page.wait_for_function(
        """([box]) => { const items = [...document.querySelectorAll(box + ' li')];
        const notes = document.querySelector(box + ' .omni-picture-notes');
        return (items.length || notes.querySelector('.omni-bad')) && !notes.innerText.startsWith('Uploading')
            && items.every((one) => / × /.test(one.innerText) || one.matches('.omni-wrong')); }""",
        arg=[box],
    )


def names(page) -> list[str]:
    return page.eval_on_selector_all("#edit-image li img", "(all) => all.map((one) => one.alt)")


def bytes_of(page, selector: str) -> bytes:
    """What the page itself gets: results are given to their visitor alone."""
    return page.request.get(page.get_attribute(selector, "src")).body()


def in_order(page, *wanted):
    """Waits until the pictures stand in this order: they are drawn anew after a key."""
    until = time.monotonic() + 30
    while names(page) != list(wanted) and time.monotonic() < until:
        time.sleep(0.05)
    assert names(page) == list(wanted)
