"""Split sheets: the members of a session agree on their shares."""
