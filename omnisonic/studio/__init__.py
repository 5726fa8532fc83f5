"""The browser studio: sessions, tracks, uploads, exports, rooms."""
