"""Which artists, works and recordings a news item is about, with confidence and evidence."""
