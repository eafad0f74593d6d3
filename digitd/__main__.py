"""Let ``python -m digitd`` do what ``digitd`` does."""

from digitd.cli import main

main()
