"""Importing this module imports whatever is costly and keeps nothing of the process: no page, no part of a page.

The parts of pages declare components to the server that runs; there is none yet.
"""

import importlib
import pkgutil

import streamlit.web.bootstrap
import streamlit.web.cli
import streamlit.web.server.server  # noqa: F401

for room in ("config", "charts", "data_access"):
    for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
