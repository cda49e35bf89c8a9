"""The briefing page and its screen mode."""
