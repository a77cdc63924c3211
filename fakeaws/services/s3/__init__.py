"""Amazon S3: buckets and what is in them. Declared in shapes/s3.toml; bodies are kept by core/store/blobs.py."""
