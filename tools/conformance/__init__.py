"""What our carriers read, held against what others read from the same bytes."""
