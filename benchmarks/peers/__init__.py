"""The board beside what an office might use instead: Apache Superset, and plain Streamlit with pandas."""
