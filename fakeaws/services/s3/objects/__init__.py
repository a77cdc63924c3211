"""Objects: written, read, copied, put together from parts."""
