"""The page of administration."""
