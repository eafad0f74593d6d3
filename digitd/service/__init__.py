"""What the daemon says of itself: logs and throughput."""
