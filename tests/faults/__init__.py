"""Faults, each provoked for real on a digitd process. `make faults` prints what came of them."""
