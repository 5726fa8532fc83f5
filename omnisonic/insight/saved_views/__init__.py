"""Filters of a page, kept under a name."""
