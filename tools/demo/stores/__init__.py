"""The stores that are read: what their orders look like at an hour, and how their APIs answer."""
