"""What teaches Porchlight to read carriers' words, and what says how well it does."""
