"""Where news comes from: feeds, their health, and the archive of what they brought."""
