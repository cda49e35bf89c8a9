"""How fast the board answers, measured on a sample street. Not part of the tests."""
