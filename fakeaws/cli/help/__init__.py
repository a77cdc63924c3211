"""Help: pages, completion, prompts and skeletons, all read from the models."""
