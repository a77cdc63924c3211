"""S3 Select: queries over one object."""
