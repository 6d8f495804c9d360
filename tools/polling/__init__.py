"""Trials of the poll budget planner: `python -m tools.polling`."""
