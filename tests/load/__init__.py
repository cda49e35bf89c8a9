"""Load on a running board: viewers and uploaders that speak Streamlit's own protocol, without a browser."""
