"""The folder: list it, watch it, tell when a file is finished, take it, and put it where it ends."""
