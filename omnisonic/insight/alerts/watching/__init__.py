"""Evaluates the rules on what ClickHouse holds: every minute, and on the past for previews."""
