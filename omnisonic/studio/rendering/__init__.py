"""Running FFmpeg for the studio: reading uploads and rendering mixes. No database, no settings."""
