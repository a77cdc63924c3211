"""AWS CloudTrail: the recorded calls, and trails that deliver them to S3. The rest is declared."""
