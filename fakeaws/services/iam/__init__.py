"""AWS IAM. One module a family of identities; what they keep is declared in shapes/iam.toml."""
