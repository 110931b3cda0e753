"""`python -m omni_ui.demo [port]`: the demo server alone."""

import argparse

from omni_ui.demo.serve import serve

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m omni_ui.demo", description="Serves the demo server alone.")
    parser.add_argument("port", nargs="?", type=int, default=8091)
    serve(port=parser.parse_args().port)
