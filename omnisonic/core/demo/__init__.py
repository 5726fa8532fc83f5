"""A small catalog to look at: invented works, people, recordings and licenses."""
