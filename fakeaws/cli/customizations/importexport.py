"""What the AWS CLI makes of `importexport`."""

ALIASES = {"get-shipping-label": {"street1": "street-1", "street2": "street-2", "street3": "street-3"}}
