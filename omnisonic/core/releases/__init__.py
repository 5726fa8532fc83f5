"""Releases: a finished mix becomes a work and a recording with its ISRC, shares and proof."""
