"""How fresh answers will be before any carrier is asked: made-up parcels, asked about by the real planner."""
