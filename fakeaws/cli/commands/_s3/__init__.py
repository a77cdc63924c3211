"""Parts of `aws s3`: places, listings, transfers and what they print."""
