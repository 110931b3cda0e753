"""All that reaches into what Gradio does not document, a module for each way; docs/gradio.md lists them.

Each has a test of its name in tests/app/gradio_private, which notices when Gradio changes. Nothing is imported here:
`lean_import` runs before Gradio is.
"""
