"""Amazon Route 53: hosted zones with their records, and the changes that bring them about."""
