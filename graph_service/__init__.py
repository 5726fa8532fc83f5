"""The graph service: GraphQL over HTTP and WebSocket, a process of its own."""
