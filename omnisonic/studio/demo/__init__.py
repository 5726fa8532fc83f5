"""A song to open the studio with, synthesized from nothing but a seed."""
