"""Parts of `cloudformation deploy` and `package`: templates, parameters, uploads."""
