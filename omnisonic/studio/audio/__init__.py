"""Pure sound mathematics: the mix manifest, the pan law, peaks, the FFmpeg graph."""
