"""Exports: a frozen mix manifest rendered to a file, with its certificate."""
