"""Starts Omni UI: `python app.py`. Settings come from the environment, see the README."""

from omni_ui.app.starting.entry import start

if __name__ == "__main__":
    start()
