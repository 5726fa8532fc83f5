"""Plumbing of the web process: what happens to a request before and after a route."""
