"""The roster of a room in Redis, shared by every gateway and by REST.

One sorted set holds `member:connection` scored by expiry, one hash the members' profiles. A member is
present while any of their entries is unexpired. All times are the Redis server's, in milliseconds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import redis
import redis.asyncio
from redis.commands.core import AsyncScript, Script

from omnisonic.studio.rooms.schemas import PresenceMember

KEYS_TTL_S = 2 * 3600  # a forgotten room leaves nothing behind
REST_CONNECTION = "rest"

_PRELUDE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local entries, profiles = KEYS[1], KEYS[2]
local function owner(entry) return string.match(entry, '^(.*):[^:]*$') end
local function present()
  local found = {}
  for _, entry in ipairs(redis.call('ZRANGEBYSCORE', entries, '(' .. now, '+inf')) do
    found[owner(entry)] = true
  end
  return found
end
local function forget(member, gone)
  local profile = redis.call('HGET', profiles, 'profile ' .. member)
  if not profile then return end
  redis.call('HDEL', profiles, 'profile ' .. member, 'joined ' .. member, 'seen ' .. member)
  gone[#gone + 1] = member
  gone[#gone + 1] = profile
end
local function keep(ttl_s)
  redis.call('EXPIRE', entries, ttl_s)
  redis.call('EXPIRE', profiles, ttl_s)
end
"""
# ARGV: key life, then (member, connection, life of the entry in ms, profile) again and again.
# Answers the members who were not present before.
_BEAT = (
    _PRELUDE
    + """
local here, arrived = present(), {}
for i = 2, #ARGV, 4 do
  local member, connection, life, profile = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  redis.call('ZADD', entries, now + life, member .. ':' .. connection)
  redis.call('ZREM', entries, member .. ':leaving')
  redis.call('HSET', profiles, 'profile ' .. member, profile, 'seen ' .. member, now)
  if not here[member] then
    redis.call('HSET', profiles, 'joined ' .. member, now)
    here[member] = true
    arrived[#arrived + 1] = member
  end
end
keep(ARGV[1])
return arrived
"""
)
# ARGV: key life, grace in ms, then (member, connection) again and again. Answers who is gone.
_LEAVE = (
    _PRELUDE
    + """
local grace, gone, left = tonumber(ARGV[2]), {}, {}
for i = 3, #ARGV, 2 do
  local member = ARGV[i]
  if redis.call('ZREM', entries, member .. ':' .. ARGV[i + 1]) == 1 then left[member] = true end
  if grace == 0 and redis.call('ZREM', entries, member .. ':leaving') == 1 then left[member] = true end
end
local here = present()
for member in pairs(left) do
  if not here[member] and grace > 0 then
    redis.call('ZADD', entries, now + grace, member .. ':leaving')
    keep(ARGV[1])
  elseif not here[member] then
    forget(member, gone)
  end
end
return gone
"""
)
# ARGV: member. Removes every entry of theirs.
_EVICT = (
    _PRELUDE
    + """
local gone = {}
for _, entry in ipairs(redis.call('ZRANGE', entries, 0, -1)) do
  if owner(entry) == ARGV[1] then redis.call('ZREM', entries, entry) end
end
forget(ARGV[1], gone)
return gone
"""
)
_SWEEP = (
    _PRELUDE
    + """
local expired = redis.call('ZRANGEBYSCORE', entries, '-inf', now)
if #expired == 0 then return {} end
redis.call('ZREMRANGEBYSCORE', entries, '-inf', now)
local here, gone = present(), {}
for _, entry in ipairs(expired) do
  local member = owner(entry)
  if not here[member] then forget(member, gone) end
end
return gone
"""
)
_LIST = (
    _PRELUDE
    + """
local found = {}
for member in pairs(present()) do
  local fields = redis.call('HMGET', profiles, 'profile ' .. member, 'joined ' .. member, 'seen ' .. member)
  if fields[1] then
    found[#found + 1] = {member, fields[1], fields[2] or now, fields[3] or now}
  end
end
return found
"""
)


@dataclass(frozen=True)
class Entry:
    """One connection of one member and how long it still counts without a sign of life."""

    member_id: str
    connection_id: str
    display_name: str
    life_ms: int
    status: str = "online"

    def arguments(self) -> list[str | int]:
        """The entry as the script wants it."""
        profile = json.dumps([self.display_name, self.status], ensure_ascii=False)
        return [self.member_id, self.connection_id, max(1, self.life_ms), profile]


@dataclass(frozen=True)
class Departure:
    """A member whose last entry is gone."""

    member_id: str
    display_name: str


class Roster:
    """The rosters of all rooms for an event loop; each method raises `redis.RedisError`."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._client = client

    async def beat(self, room_id: str, entries: list[Entry]) -> list[str]:
        """Add or prolong entries; answers the members who were not present before."""
        if not entries:
            return []
        return [str(member) for member in await self._run(_BEAT, room_id, _beat_arguments(entries))]

    async def leave(
        self, room_id: str, connections: list[tuple[str, str]], *, grace_s: float = 0
    ) -> list[Departure]:
        """Take (member, connection) pairs out; with a grace a member stays for that long."""
        return _departures(await self._run(_LEAVE, room_id, _leave_arguments(connections, grace_s)))

    async def evict(self, room_id: str, member_id: str) -> list[Departure]:
        """Take a member out with all their connections."""
        return _departures(await self._run(_EVICT, room_id, [member_id]))

    async def sweep(self, room_id: str) -> list[Departure]:
        """Remove what has expired; each departure is answered to exactly one caller."""
        return _departures(await self._run(_SWEEP, room_id, []))

    async def list_present(self, room_id: str) -> list[PresenceMember]:
        """Who is in the room now, first come first."""
        return _members(await self._run(_LIST, room_id, []))

    async def _run(self, script: str, room_id: str, arguments: list[str | int]) -> Any:
        return await AsyncScript(self._client, script)(keys=_keys(room_id), args=arguments)


class BlockingRoster:
    """The same rosters for REST routes, which run in threads."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def beat(self, room_id: str, entries: list[Entry]) -> list[str]:
        """Add or prolong entries; answers the members who were not present before."""
        return [str(member) for member in self._run(_BEAT, room_id, _beat_arguments(entries))]

    def leave(self, room_id: str, connections: list[tuple[str, str]]) -> list[Departure]:
        """Take (member, connection) pairs out at once."""
        return _departures(self._run(_LEAVE, room_id, _leave_arguments(connections, 0)))

    def list_present(self, room_id: str) -> list[PresenceMember]:
        """Who is in the room now, first come first."""
        return _members(self._run(_LIST, room_id, []))

    def _run(self, script: str, room_id: str, arguments: list[str | int]) -> Any:
        return Script(self._client, script)(keys=_keys(room_id), args=arguments)


def _keys(room_id: str) -> list[str]:
    return [f"presence:{{{room_id}}}:entries", f"presence:{{{room_id}}}:profiles"]


def _beat_arguments(entries: list[Entry]) -> list[str | int]:
    return [KEYS_TTL_S, *(argument for entry in entries for argument in entry.arguments())]


def _leave_arguments(connections: list[tuple[str, str]], grace_s: float) -> list[str | int]:
    return [KEYS_TTL_S, int(grace_s * 1000), *(part for pair in connections for part in pair)]


def _departures(answer: list[str]) -> list[Departure]:
    pairs = zip(answer[::2], answer[1::2], strict=True)
    return [Departure(member_id=member, display_name=json.loads(profile)[0]) for member, profile in pairs]


def _members(answer: list[list[Any]]) -> list[PresenceMember]:
    members = []
    for member_id, profile, joined_ms, seen_ms in answer:
        display_name, status = json.loads(profile)
        members.append(
            PresenceMember(
                member_id=member_id,
                display_name=display_name,
                status=status,
                joined_at=_time(joined_ms),
                last_seen_at=_time(seen_ms),
            )
        )
    return sorted(members, key=lambda member: (member.joined_at, member.member_id))


def _time(milliseconds: int | str) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
