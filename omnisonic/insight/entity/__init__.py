"""The page of one artist, work or recording in the news."""
