"""Amazon SNS: topics, who subscribes to them, and what is published."""
