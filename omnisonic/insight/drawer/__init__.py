"""The drawer at the side of Insight's pages: articles behind a figure, and why one is linked as it is."""
