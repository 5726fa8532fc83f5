"""Work on news that somebody asked for: fetch these feeds now, tag the archive again."""
