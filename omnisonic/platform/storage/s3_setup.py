"""Making the S3 clients out of the settings, and the bucket where that is ours to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.logging import get_logger
from omnisonic.platform.settings import Settings
from omnisonic.platform.storage.s3 import S3Storage
from omnisonic.platform.storage.s3_errors import error_code, reachable
from omnisonic.platform.storage.s3_tracing import trace_s3

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

log = get_logger(__name__)


def make_s3_storage(settings: Settings) -> S3Storage:
    """The store for STORAGE_TYPE `s3` or `minio`; a missing MinIO bucket is made."""
    bucket = settings.minio_bucket_name if settings.storage_type == "minio" else settings.s3_bucket_name
    if not bucket:
        variable = "MINIO_BUCKET_NAME" if settings.storage_type == "minio" else "S3_BUCKET_NAME"
        raise ServiceUnavailable(f"{variable} is not set; STORAGE_TYPE={settings.storage_type} needs it.")
    if settings.storage_type == "minio" and not settings.minio_endpoint:
        raise ServiceUnavailable("MINIO_ENDPOINT is not set; STORAGE_TYPE=minio needs it.")
    client = make_client(settings)
    public = settings.storage_public_endpoint
    link_client = make_client(settings, endpoint=public) if public else client
    if settings.storage_type == "minio":
        ensure_bucket(client, bucket, origins=settings.allowed_origins)
    return S3Storage(client, bucket, link_client=link_client)


def make_client(settings: Settings, *, endpoint: str | None = None) -> S3Client:
    """A client with signature v4 and short timeouts; path-style addresses where the server is not AWS."""
    is_minio = settings.storage_type == "minio"
    secret = settings.minio_secret_key if is_minio else settings.aws_secret_access_key
    own_endpoint = endpoint or (settings.minio_endpoint if is_minio else None)
    client = boto3.client(
        "s3",
        endpoint_url=own_endpoint,
        region_name=settings.s3_region,
        aws_access_key_id=settings.minio_access_key if is_minio else settings.aws_access_key_id,
        aws_secret_access_key=secret.get_secret_value() if secret else None,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if own_endpoint else "virtual"},
            connect_timeout=3,
            read_timeout=30,
            max_pool_connections=20,
            retries={"max_attempts": 3, "mode": "standard"},
            # Newer default checksums are trailers that some S3-compatible servers refuse.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    trace_s3(client)
    return client


def ensure_bucket(client: S3Client, bucket: str, *, origins: list[str]) -> None:
    """Make the bucket if it is missing and let the given origins PUT parts into it."""
    with reachable():
        try:
            client.head_bucket(Bucket=bucket)
        except ClientError as error:
            if error_code(error) not in {"404", "NoSuchBucket", "NotFound"}:
                raise
            _create_bucket(client, bucket)
        _allow_origins(client, bucket, origins)


def _create_bucket(client: S3Client, bucket: str) -> None:
    try:
        client.create_bucket(Bucket=bucket)
    except ClientError as error:  # another process was faster
        if error_code(error) not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
            raise
    log.info("bucket_created", bucket=bucket)


def _allow_origins(client: S3Client, bucket: str, origins: list[str]) -> None:
    try:
        client.put_bucket_cors(
            Bucket=bucket,
            CORSConfiguration={
                "CORSRules": [
                    {
                        "AllowedMethods": ["GET", "HEAD", "PUT"],
                        "AllowedOrigins": origins,
                        "AllowedHeaders": ["*"],
                        "ExposeHeaders": ["ETag", "Content-Range", "Content-Length", "Accept-Ranges"],
                        "MaxAgeSeconds": 3600,
                    }
                ]
            },
        )
    except ClientError as error:
        if error_code(error) not in {"NotImplemented", "AccessDenied"}:
            raise
        # MinIO sets this for the whole server (MINIO_API_CORS_ALLOW_ORIGIN), open to all by default.
        log.info("bucket_cors_left_to_server", bucket=bucket)
