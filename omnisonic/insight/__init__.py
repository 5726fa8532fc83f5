"""News about music, linked to the open music graph: feeds, tagging, charts and alerts."""
