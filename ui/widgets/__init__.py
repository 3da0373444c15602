"""The pieces that the pages are drawn from."""
