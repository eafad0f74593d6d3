"""The configuration: its values, what each key accepts, and where each value came from."""

from digitd.config.describe import describe
from digitd.config.load import load_config
from digitd.config.settings import (
    Config,
    InboxConfig,
    Limits,
    Metrics,
    OutboxConfig,
    Retention,
    Review,
    Service,
    Settle,
)

__all__ = [
    "Config",
    "InboxConfig",
    "Limits",
    "Metrics",
    "OutboxConfig",
    "Retention",
    "Review",
    "Service",
    "Settle",
    "describe",
    "load_config",
]
