"""What the first visit loads, in few requests: our modules as bundles, one style sheet, links to Gradio's scripts."""
