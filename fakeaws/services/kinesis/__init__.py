"""Amazon Kinesis Data Streams: streams and their shards, and the records in them."""
