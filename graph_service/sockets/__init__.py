"""GraphQL over WebSocket: our own server of the `graphql-transport-ws` protocol."""
