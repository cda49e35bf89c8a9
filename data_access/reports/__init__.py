"""The read side: one module per page's questions, each returning documented DataFrames.

Every function takes a ``View`` (who asks, for which day and campaign, as of when) and answers nobody without an
account. A rate is two columns, ``<name>_n`` and ``<name>_d``; missing is ``<NA>``, never zero.
"""
