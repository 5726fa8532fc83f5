"""The news and their links in ClickHouse: writing, and the one builder of every query."""
