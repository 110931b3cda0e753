"""Where the program begins, by `python app.py` and by the command `omni-ui`."""

import gc


def start() -> None:
    """Serves the page until it gets a signal to stop. Settings come from the environment, see the README.

    Starting makes half a million objects that stay. Looking through them for garbage, again and again, takes a quarter
    of the time, so Python does so again when the page is there (serve.py).
    """
    gc.disable()
    from omni_ui.app.gradio_private.lean_import import import_gradio

    import_gradio()
    from omni_ui.app.starting.serve import main

    main()
