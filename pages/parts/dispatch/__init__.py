"""The dispatch page: the day as a table, and settling and closing it."""
