"""The command line `omni`: every call of the client from a shell, with the request models' own names.

It needs the client and click, and neither Gradio nor a browser.
"""
