"""Mentions, genres, sources and the network around an entity, as rows, files and pages."""
