"""The page of rankings: its cuts and its notices."""
