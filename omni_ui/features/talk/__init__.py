"""Talk: a live call with the model. The browser's socket ends here, and the server's is opened from here.

call: one call, from the microphone to the server and back. recording: what of it is kept. routes: the socket of the
page. talk.js and its neighbours: the page's half.
"""
