"""Starts the app with other constants of its modules: `python -m tests.app_with_constants omni_ui.MODULE:NAME=0.5`."""

import sys
from importlib import import_module

from omni_ui.app.gradio_private.lean_import import import_gradio


def set_constant(assignment: str) -> None:
    """Sets a number of a module, which must be there already: a renamed constant ends the start."""
    place, _, value = assignment.partition("=")
    module, _, name = place.partition(":")
    owner = import_module(module)
    if not isinstance(getattr(owner, name), float | int):
        raise TypeError(f"{place} is no number")
    setattr(owner, name, float(value))


if __name__ == "__main__":
    import_gradio()
    for each in sys.argv[1:]:
        set_constant(each)
    from omni_ui.app.starting.serve import main

    main()
