"""What happens to objects by rule: events, copies, expiry, logs and inventories."""
