"""How the AWS CLI changes `machinelearning`."""

RAW = {"predict": ("predict-endpoint",)}
