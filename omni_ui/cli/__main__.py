"""`python -m omni_ui.cli`."""

from omni_ui.cli.main import main

if __name__ == "__main__":
    main(prog_name="omni")
