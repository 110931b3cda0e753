"""Sockets of the demo server beside those of a call."""
