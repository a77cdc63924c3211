"""Amazon EC2 Auto Scaling: groups that keep as many instances running as they are to have."""
