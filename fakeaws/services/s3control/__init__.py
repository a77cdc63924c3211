"""Amazon S3 Control: what concerns accounts and ways into buckets rather than objects. The rest is declared in
shapes/s3control.toml."""
