"""One shop platform per file, found by its file name. No I/O here: bytes in, updates out."""
