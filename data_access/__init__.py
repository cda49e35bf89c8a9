"""The shared database and everything that goes into and comes out of it.

One way in (``submissions``), one way out (``reports``).
"""
