"""A shop's week on the local stack, played in two minutes: the shipped code, invented people, simulated carriers."""
