"""Bytes of any origin to plain sheets: what runs in the worker process, and nothing else does.

``opening.open_file`` is the one entrance. The modules here import neither settings nor findings nor the database: the
process has little memory, starts quickly, and answers in plain values.
"""
