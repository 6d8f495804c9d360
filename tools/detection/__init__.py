"""Our tracking-number detection, held against published test numbers."""
