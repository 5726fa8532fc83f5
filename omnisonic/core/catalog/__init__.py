"""Works, recordings, contributors and who holds which share."""
