"""Every payload of a data folder through the deployed local stack, and what became of each."""
