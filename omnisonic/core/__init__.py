"""The open music graph: catalog, licenses, imports."""
