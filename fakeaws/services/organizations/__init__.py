"""AWS Organizations: accounts of this cloud under one roof. What is kept is in the management account's scope."""
