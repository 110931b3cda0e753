"""Talk: a live call with the model. The browser's socket ends here, and the server's is opened from here.

call: one call, from the microphone to the server and back. recording: what of it is kept. line: the page's
socket, taken up again when it was cut. routes: who may call. talk.js and its neighbours: the page's half.
"""
