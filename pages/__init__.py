"""Pages: one thin script each; what several of them share is in `parts`."""
