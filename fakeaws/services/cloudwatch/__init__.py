"""Amazon CloudWatch: metrics that are put and read back, and the alarms that watch them."""
