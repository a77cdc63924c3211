"""Amazon EC2. One module a family of resources; what they keep is declared in shapes/ec2.toml."""
