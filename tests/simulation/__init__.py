"""The deterministic simulator: real pipeline functions against fakes that fail, from one seed."""
