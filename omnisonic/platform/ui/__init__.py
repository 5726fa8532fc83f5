"""The design system: tokens, frame, and the parts that every page is built from."""
