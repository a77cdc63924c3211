"""Amazon API Gateway: REST APIs, their resources, methods with integrations, deployments and stages."""
