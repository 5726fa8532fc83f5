"""Links from news to the graph."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import graphene
from graphql import GraphQLResolveInfo
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from graph_service.context import context_of
from graph_service.types.scalars import DateTime, EntityType, TaggingMethod, find_id
from omnisonic.insight.news import LinkMethod
from omnisonic.insight.tagging.articles import require_item
from omnisonic.insight.tagging.models import EntityTag as EntityTagRow
from omnisonic.insight.tagging.partners import TagBatch, record_entity_tags, standing_tags
from omnisonic.platform.web.validation import explain_validation


class EntityTag(graphene.ObjectType):
    """A link from a news item to an entity of the graph."""

    id = graphene.ID(required=True)
    news_item_id = graphene.ID(required=True)
    entity_type = EntityType(required=True)
    entity_id = graphene.ID(required=True)
    confidence = graphene.Float(required=True)
    method = TaggingMethod(required=True)
    matched_text = graphene.String()
    created_at = DateTime(required=True)


class EntityTagInput(graphene.InputObjectType):
    """A link that somebody found; `confidence` from 0 to 1."""

    entity_type = EntityType(required=True)
    entity_id = graphene.ID(required=True)
    confidence = graphene.Float(required=True)
    method = TaggingMethod(default_value=LinkMethod.HEURISTIC)
    matched_text = graphene.String()


class EntityTagBatchInput(graphene.InputObjectType):
    """Links of one news item, at most 100."""

    news_item_id = graphene.ID(required=True)
    tags = graphene.List(graphene.NonNull(EntityTagInput), required=True)


class TagQuery(graphene.ObjectType):
    """Every signed-in account may read the links."""

    entity_tags = graphene.List(
        graphene.NonNull(EntityTag), required=True, news_item_id=graphene.ID(required=True)
    )

    async def resolve_entity_tags(
        _root: Any, info: GraphQLResolveInfo, news_item_id: str
    ) -> list[EntityTagRow]:
        context = context_of(info)
        context.reader()
        found = find_id(news_item_id)
        if found is None:
            return []
        return await context.read(lambda session: standing_tags(session, UUID(found)))


class TagMutation(graphene.ObjectType):
    """Analysts record links; what people corrected stays corrected."""

    record_entity_tags = graphene.List(
        graphene.NonNull(EntityTag),
        required=True,
        args={"input": graphene.Argument(EntityTagBatchInput, required=True)},
    )

    async def resolve_record_entity_tags(
        _root: Any,
        info: GraphQLResolveInfo,
        input: Any,  # noqa: A002
    ) -> list[EntityTagRow]:
        context = context_of(info)
        actor, batch = context.writer(), _batch(input)
        return await context.write(
            lambda uow: record_entity_tags(
                uow, actor, item=require_item(batch.news_item_id), drafts=batch.tags
            )
        )


def _batch(given: Any) -> TagBatch:
    tags = [{to_camel(name): value for name, value in dict(tag).items()} for tag in given["tags"]]
    try:  # by the names that the caller used, so that a refusal names them too
        return TagBatch.model_validate({"newsItemId": given["news_item_id"], "tags": tags})
    except ValidationError as error:
        raise explain_validation(error.errors()) from error
