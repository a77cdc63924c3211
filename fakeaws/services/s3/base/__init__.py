"""What all of S3 stands on: buckets and versions as they are stored, bodies, checksums, lists."""
