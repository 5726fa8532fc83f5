"""Domain-free foundations: nothing here knows what a session or a work is."""
