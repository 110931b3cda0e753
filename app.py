"""Starts Omni UI: `python app.py`. Settings come from the environment, see the README."""

import gc

# Starting makes half a million objects that stay. Looking through them for garbage, again and again, takes a fifth of
# the time; `main` goes on with it when the page is there.
gc.disable()

from omni_ui.app.factory import main  # noqa: E402

if __name__ == "__main__":
    main()
