"""What is said of a video job that cannot be followed to its end."""

NOT_HERE = "This answer came from a server that does not know the job. Asking again: another one may have it."
GONE = (
    "The server does not know this job any more: it was restarted, or somebody deleted the job there. "
    "Please run it again."
)
SWEPT = "The server made this video and has already removed its file. Please run it again."
CUT_OFF = (
    "The app was restarted while this job was being sent, so nobody knows whether the server took it. "
    "Please run it again."
)
CUT_OFF_AT_ONCE = (
    "The app was restarted while it waited for this video, and this server gives a video only to whoever waits. "
    "Please run it again."
)
