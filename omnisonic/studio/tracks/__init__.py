"""Tracks and their clips: what is heard, when and how loud."""
