"""Amazon SQS: what queues do with messages. Queues and messages are declared in shapes/sqs.toml."""
