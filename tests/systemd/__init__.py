"""The service under a real systemd, in a container: `python -m tests.systemd`. No part of pytest's run."""
