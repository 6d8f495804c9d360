"""One way to reach a shopper per file, found by its file name."""
