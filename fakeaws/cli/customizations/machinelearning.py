"""What the AWS CLI makes of `machinelearning`."""

RAW = {"predict": ("predict-endpoint",)}
