"""The daemon: the loop that serves the inboxes, and how it is started and stopped."""

from digitd.daemon.serve import serve

__all__ = ["serve"]
