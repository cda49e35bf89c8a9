"""Backups: everything the database holds in one encrypted file, and the way back into either kind of database.

``archive`` is the file, ``tables`` the form in which rows stand in it, ``making``, ``restoring`` and ``proving`` what
is done with it; ``copies`` keeps those that are made by the clock or a button, ``health`` examines the live database.
"""
