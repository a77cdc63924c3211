"""Amazon QuickSight: what its declarations cannot say."""
