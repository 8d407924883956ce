"""Streamlit pages and cached wrappers; nothing below knows Streamlit."""
