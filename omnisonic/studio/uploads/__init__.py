"""Uploads: audio arriving, checked and made canonical."""
