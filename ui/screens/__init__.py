"""The five pages. Each file is run by Streamlit as a script, and ends in `draw()`."""
