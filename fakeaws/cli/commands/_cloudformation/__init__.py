"""What `cloudformation deploy` and `package` are made of: templates, parameters, uploads."""
