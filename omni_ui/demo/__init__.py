"""An embedded stand-in for a vLLM-Omni server: the same HTTP API, small crafts instead of models.

The rest of the app knows it by URL only, and it knows nothing of the rest of the app.
"""

from omni_ui.demo.server import DemoServer, demo_app
from omni_ui.demo.state import MODELS

__all__ = ["MODELS", "DemoServer", "demo_app"]
