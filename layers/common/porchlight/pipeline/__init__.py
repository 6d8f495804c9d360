"""One module per stage: the steps in order, everything outside passed in as ports."""
