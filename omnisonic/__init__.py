"""Omnisonic: from the first take to the royalty audit."""

__version__ = "0.1.0"
