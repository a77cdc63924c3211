"""Parts of `aws ddb`: values in YAML, and expressions with their literals written out."""
