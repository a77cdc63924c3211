"""How the AWS CLI changes `servicecatalog`."""

RAW = {"create-product": ("support-url",), "update-product": ("support-url",)}
