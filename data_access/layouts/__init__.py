"""Layouts that somebody explained once: the store of the street, the files offices hand on, the look at a sheet."""
