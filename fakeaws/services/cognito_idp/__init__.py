"""Amazon Cognito user pools: users, their passwords, groups and codes, and the tokens that signing in gives."""
