"""Starts Omni UI: `python app.py`. Settings come from the environment, see the README."""

from omni_ui.app.factory import main

if __name__ == "__main__":
    main()
