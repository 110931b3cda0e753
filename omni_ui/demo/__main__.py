"""`python -m omni_ui.demo [port]`: the demo server alone."""

import sys

from omni_ui.demo.serve import serve

if __name__ == "__main__":
    serve(port=int(sys.argv[1]) if len(sys.argv) > 1 else 8091)
