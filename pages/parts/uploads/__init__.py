"""The page of uploads: from the drop to the history of what went in."""
