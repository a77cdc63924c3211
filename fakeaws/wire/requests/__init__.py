"""What a request is for, who sent it, and whether it may come in."""
