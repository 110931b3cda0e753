"""Starts Omni UI: `python app.py`. Settings come from the environment, see the README."""

import gc


def start() -> None:
    """Starting makes half a million objects that stay. Looking through them for garbage, again and again, takes a
    quarter of the time, so Python does so again when the page is there (omni_ui/app/factory.py)."""
    gc.disable()
    from omni_ui.app.factory import main

    main()


if __name__ == "__main__":
    start()
