"""Charts: a DataFrame in, an Altair chart out. One theme, no database, no screen."""
