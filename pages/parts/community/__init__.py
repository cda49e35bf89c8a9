"""The page of one community: vaccination, workstreams, what it sent, this month's plan, its print."""
