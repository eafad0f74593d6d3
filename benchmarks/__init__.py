"""How fast digitd is, against the script a person would write and against a bare loop: ``python -m benchmarks``."""
