"""Amazon DynamoDB: items, found by key, queried, and changed under conditions."""
