"""Tabs whose parts come to the browser when they are opened the first time.

Gradio sends a page whole, and its script builds a tree of all components, in whatever tab they are, and looks through
all events for each: half of the time before anybody can type. So the page holds the parts of the tab that opens first;
those of another tab are sent in the form in which Gradio sends what `gr.render` has made, which its script puts into
the tree. The app knows all parts all the time: programs see no difference.
"""

from omni_ui.app.tab_parts.packing import PackedParts
from omni_ui.app.tab_parts.split import FIRST, LATE, Config, FirstTab, SplitPage, config_of, mount_tab, trim_html

__all__ = ["FIRST", "LATE", "Config", "FirstTab", "PackedParts", "SplitPage", "config_of", "mount_tab", "trim_html"]
