"""What `aws ddb` is made of: values in YAML, and expressions with their literals written out."""
