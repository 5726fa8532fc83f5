"""What the graph service refuses. Declared here, so that the pages that explain refusals know it too."""

from __future__ import annotations

from omnisonic.platform.errors import Malformed, OmnisonicError, ServiceUnavailable


class QuerySyntax(Malformed):
    """The document does not follow the grammar."""

    slug, title = "graphql-syntax", "This is not a GraphQL document"
    advice = "The message names the line and column where reading stopped."


class QueryInvalid(Malformed):
    """The document or its variables do not fit the schema."""

    slug, title = "graphql-invalid", "The query does not fit the schema"
    advice = "Compare it with the schema: docs/api/schema.graphql, or the explorer at /graphql."


class QueryTooComplex(Malformed):
    """More tokens, depth, aliases, fields or objects than one operation may have."""

    slug, title = "graphql-too-complex", "The query asks for too much at once"
    advice = "Ask for fewer rows (`first`) or levels, or split the query."


class OperationTimedOut(ServiceUnavailable):
    """The operation took longer than allowed; a mutation may have happened."""

    slug, title = "graphql-timeout", "The operation took too long"
    advice = "Ask for less at once. After a mutation, read before you send it again."


class TooManyOperations(OmnisonicError):
    """More running operations than a socket or an account may have."""

    slug, title, status = "graphql-too-many-operations", "Too many operations at once", 429
    advice = "Complete some of the running subscriptions first."


class SlowConsumer(OmnisonicError):
    """A subscriber reads more slowly than results come."""

    slug, title, status = "graphql-slow-consumer", "Results came faster than they were read", 429
    advice = "Subscribe again and read the current state; read results as they come."


class NotAcceptable(OmnisonicError):
    """The client takes none of the types that answers come in."""

    slug, title, status = "not-acceptable", "No answer in a type that you accept", 406
    advice = "Accept `application/graphql-response+json` or `application/json`."
