"""What a street adds to the shipped catalogue, and the catalogue each account speaks."""
