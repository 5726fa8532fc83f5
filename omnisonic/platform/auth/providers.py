"""The outside services that vouch for people: GitHub, Google, Discord.

Each speaks OAuth 2.0 authorization code with PKCE (RFC 7636); Google also OpenID Connect. The addresses
can be given to the constructor, so that the flows run against a loopback server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet
from pydantic import BaseModel, TypeAdapter

from omnisonic.platform.auth.addresses import normalize_address
from omnisonic.platform.auth.identities import Profile
from omnisonic.platform.auth.oauth_client import (
    Attempt,
    OAuthApp,
    consent_url,
    exchange_code,
    get_json,
    make_client,
    provider_answers,
)
from omnisonic.platform.settings import Settings

CLOCK_LEEWAY_S = 60
ID_TOKEN_ALGORITHMS = ["RS256", "ES256"]


class Provider(Protocol):
    """A way to sign in through somebody else."""

    @property
    def id(self) -> str:
        """Name in paths and on accounts."""

    @property
    def name(self) -> str:
        """Name on the button."""

    def authorization_url(self, attempt: Attempt) -> str:
        """Where to send the browser. Raises `ProviderFailed`."""

    def fetch_profile(self, code: str, attempt: Attempt) -> Profile:
        """Exchange the code and read who it is. Raises `ProviderFailed`."""


class _GitHubUser(BaseModel):
    id: int
    login: str
    name: str | None = None
    avatar_url: str | None = None


class _GitHubEmail(BaseModel):
    email: str
    primary: bool
    verified: bool


@dataclass(frozen=True)
class GitHub:
    """GitHub OAuth app. Source: docs.github.com, "Authorizing OAuth apps" and "Emails" of the REST API."""

    app: OAuthApp
    site: str = "https://github.com"
    api: str = "https://api.github.com"
    id: ClassVar[str] = "github"
    name: ClassVar[str] = "GitHub"
    scope: ClassVar[str] = "read:user user:email"

    def authorization_url(self, attempt: Attempt) -> str:
        """The consent page."""
        with make_client(self.app, attempt, scope=self.scope) as client:
            return consent_url(client, f"{self.site}/login/oauth/authorize", attempt)

    def fetch_profile(self, code: str, attempt: Attempt) -> Profile:
        """Account and its primary address, if GitHub has verified it."""
        with provider_answers(self.id), make_client(self.app, attempt, scope=self.scope) as client:
            exchange_code(client, f"{self.site}/login/oauth/access_token", code, attempt)
            user = _GitHubUser.model_validate(get_json(client, f"{self.api}/user"))
            addresses = TypeAdapter(list[_GitHubEmail]).validate_python(
                get_json(client, f"{self.api}/user/emails")
            )
            primary = next((one for one in addresses if one.primary and one.verified), None)
            return Profile(
                provider=self.id,
                subject=str(user.id),
                email=normalize_address(primary.email) if primary else None,
                email_verified=primary is not None,
                display_name=user.name or user.login,
                avatar_url=user.avatar_url,
            )


class _DiscordUser(BaseModel):
    id: str
    username: str
    global_name: str | None = None
    avatar: str | None = None
    email: str | None = None
    verified: bool = False


@dataclass(frozen=True)
class Discord:
    """Discord OAuth2 app. Source: docs.discord.com, topics OAuth2 and resources User."""

    app: OAuthApp
    site: str = "https://discord.com"
    id: ClassVar[str] = "discord"
    name: ClassVar[str] = "Discord"
    scope: ClassVar[str] = "identify email"

    def authorization_url(self, attempt: Attempt) -> str:
        """The consent page."""
        with make_client(self.app, attempt, scope=self.scope) as client:
            return consent_url(client, f"{self.site}/oauth2/authorize", attempt)

    def fetch_profile(self, code: str, attempt: Attempt) -> Profile:
        """Account and its address with Discord's word on it."""
        with provider_answers(self.id), make_client(self.app, attempt, scope=self.scope) as client:
            exchange_code(client, f"{self.site}/api/oauth2/token", code, attempt)
            user = _DiscordUser.model_validate(get_json(client, f"{self.site}/api/users/@me"))
            avatar = f"https://cdn.discordapp.com/avatars/{user.id}/{user.avatar}.png"
            return Profile(
                provider=self.id,
                subject=user.id,
                email=normalize_address(user.email) if user.email else None,
                email_verified=user.verified,
                display_name=user.global_name or user.username,
                avatar_url=avatar if user.avatar else None,
            )


class _Discovery(BaseModel):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str


class _OidcPerson(BaseModel):
    sub: str
    email: str | None = None
    email_verified: bool = False
    name: str | None = None
    picture: str | None = None


@dataclass(frozen=True)
class OpenIdConnect:
    """A provider with discovery. Source: OpenID Connect Core 1.0 §3.1 and Discovery 1.0."""

    app: OAuthApp
    issuer: str = "https://accounts.google.com"
    id: str = "google"
    name: str = "Google"
    scope: ClassVar[str] = "openid email profile"

    def authorization_url(self, attempt: Attempt) -> str:
        """The consent page, as discovery names it."""
        with provider_answers(self.id), make_client(self.app, attempt, scope=self.scope) as client:
            endpoint = self._discover(client).authorization_endpoint
            return consent_url(client, endpoint, attempt, nonce=attempt.nonce)

    def fetch_profile(self, code: str, attempt: Attempt) -> Profile:
        """The person of the ID token: signature, issuer, audience, times and nonce are checked."""
        with provider_answers(self.id), make_client(self.app, attempt, scope=self.scope) as client:
            discovery = self._discover(client)
            token = exchange_code(client, discovery.token_endpoint, code, attempt)
            claims = self._check_id_token(client, discovery, token, attempt.nonce)
            person = _OidcPerson.model_validate(claims)
            if person.email is None:
                answer = get_json(client, discovery.userinfo_endpoint)
                person = _OidcPerson.model_validate(answer)
                if person.sub != claims["sub"]:  # OpenID Connect Core §5.3.2
                    raise ValueError("userinfo is about somebody else")
            return Profile(
                provider=self.id,
                subject=person.sub,
                email=normalize_address(person.email) if person.email else None,
                email_verified=person.email_verified,
                display_name=person.name or (person.email or "").partition("@")[0],
                avatar_url=person.picture,
            )

    def _discover(self, client: Any) -> _Discovery:
        url = f"{self.issuer}/.well-known/openid-configuration"
        discovery = _Discovery.model_validate(get_json(client, url, with_token=False))
        if discovery.issuer != self.issuer:
            raise ValueError(f"discovery names the issuer {discovery.issuer}")
        return discovery

    def _check_id_token(
        self, client: Any, discovery: _Discovery, token: dict[str, Any], nonce: str
    ) -> dict[str, Any]:
        keys = KeySet.import_key_set(get_json(client, discovery.jwks_uri, with_token=False))
        decoded = jwt.decode(str(token["id_token"]), keys, algorithms=ID_TOKEN_ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.app.client_id},
            },
            {
                "nonce": nonce,
                "client_id": self.app.client_id,
                "access_token": token["access_token"],
            },
        )
        claims.validate(leeway=CLOCK_LEEWAY_S)
        return dict(claims)


def configured_providers(settings: Settings) -> dict[str, Provider]:
    """The providers whose application is set up, by id, in the order of the sign-in page."""
    providers: dict[str, Provider] = {}
    if settings.github_client_id and settings.github_client_secret:
        providers["github"] = GitHub(OAuthApp(settings.github_client_id, settings.github_client_secret))
    if settings.google_client_id and settings.google_client_secret:
        providers["google"] = OpenIdConnect(
            OAuthApp(settings.google_client_id, settings.google_client_secret)
        )
    if settings.discord_client_id and settings.discord_client_secret:
        providers["discord"] = Discord(OAuthApp(settings.discord_client_id, settings.discord_client_secret))
    return providers
