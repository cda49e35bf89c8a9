"""The frame around every page: sign-in, session, shell, menu."""
