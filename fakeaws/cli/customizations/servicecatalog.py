"""What the AWS CLI makes of `servicecatalog`."""

RAW = {"create-product": ("support-url",), "update-product": ("support-url",)}
