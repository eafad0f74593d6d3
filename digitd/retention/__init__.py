"""Remove from the outbox what has ended and has been kept for so long as is configured."""

from digitd.retention.pruner import Pruner
from digitd.retention.walk import Removal, Walk, walks

__all__ = ["Pruner", "Removal", "Walk", "walks"]
