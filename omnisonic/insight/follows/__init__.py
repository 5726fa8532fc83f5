"""Entities that an account follows."""
