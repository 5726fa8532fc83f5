"""Catalog files from others, brought into the graph row by row."""
