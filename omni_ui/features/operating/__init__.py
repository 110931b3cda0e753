"""For those who operate the page: whether it is alive and ready, metrics, traces, and an orderly end."""
