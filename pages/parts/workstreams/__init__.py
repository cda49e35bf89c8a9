"""The page of workstreams: matrix, drill-down, year."""
