"""A simulated shop: the same orders with nothing sent, a message per status change, and the product's own decisions."""
