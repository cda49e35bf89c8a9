"""An empty page with the board's libraries imported: what Streamlit itself costs. Run by ``benchmarks.reruns``.

With ``?tamed`` in the address of its first visit, what is loaded is spared the garbage collector, as in the board.
"""

import gc
import importlib
import pkgutil

import streamlit as st

import charts
from pages.parts.frame import first_start, menu, password, session, shell, sign_in  # noqa: F401

for module in pkgutil.iter_modules(charts.__path__, "charts."):
    importlib.import_module(module.name)
if "tamed" in st.query_params:
    gc.collect()
    gc.freeze()
st.set_page_config(page_title="empty", layout="wide")
st.title("empty", anchor=False)
