"""What the commands of `aws s3` are made of: places, listings, transfers and what they print."""
