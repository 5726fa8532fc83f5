"""The object store on S3 or anything that speaks it (MinIO, SeaweedFS), through boto3 with signature v4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from omnisonic.platform.errors import Conflict, NotFound, TooLarge
from omnisonic.platform.storage.disposition import attachment
from omnisonic.platform.storage.protocol import (
    CHUNK_BYTES,
    LINK_LIFETIME_S,
    PART_MIN_BYTES,
    ObjectStat,
    Part,
    check_key,
    folder_prefix,
)
from omnisonic.platform.storage.s3_errors import error_code, reachable

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef, PartTypeDef

TRANSFER = TransferConfig(
    multipart_threshold=PART_MIN_BYTES, multipart_chunksize=8 * 1024 * 1024, max_concurrency=4
)
DELETE_BATCH = 1000  # most keys that one DeleteObjects request takes


class S3Storage:
    """One bucket. `client` talks to the server, `link_client` signs for the address browsers use."""

    def __init__(self, client: S3Client, bucket: str, *, link_client: S3Client | None = None) -> None:
        self.client = client
        self.bucket = bucket
        self.link_client = link_client or client

    def put_file(self, key: str, path: Path, content_type: str) -> ObjectStat:
        """Store a file, in parts when it is larger than 5 MB."""
        with reachable():
            self.client.upload_file(
                str(path),
                self.bucket,
                check_key(key),
                ExtraArgs={"ContentType": content_type},
                Config=TRANSFER,
            )
        return self._get_stat(key)

    def put_stream(self, key: str, stream: BinaryIO, content_type: str, max_bytes: int) -> int:
        """Store what `stream` gives and return its size; more than `max_bytes` stores nothing."""
        limited = _LimitedReader(stream, max_bytes)
        with reachable():
            self.client.upload_fileobj(
                cast("BinaryIO", limited),
                self.bucket,
                check_key(key),
                ExtraArgs={"ContentType": content_type},
                Config=TRANSFER,
            )
        return limited.size

    def stat(self, key: str) -> ObjectStat | None:
        """Size and kind of an object, or None."""
        with reachable():
            try:
                found = self.client.head_object(Bucket=self.bucket, Key=check_key(key))
            except ClientError as error:
                if error_code(error) in {"404", "NoSuchKey", "NotFound"}:
                    return None
                raise
        return ObjectStat(
            key, found["ContentLength"], found["ETag"].strip('"'), found["ContentType"], found["LastModified"]
        )

    def download(self, key: str, path: Path) -> None:
        """Write an object into a local file."""
        with reachable():
            self.client.download_file(self.bucket, check_key(key), str(path), Config=TRANSFER)

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes `start` up to but not including `end`, in pieces. Raises before the first piece."""
        if end is not None and end <= start:
            self._get_stat(key)
            return iter(())
        wanted = f"bytes={start}-" if end is None else f"bytes={start}-{end - 1}"
        with reachable():
            try:
                if start == 0 and end is None:
                    body = self.client.get_object(Bucket=self.bucket, Key=check_key(key))["Body"]
                else:
                    body = self.client.get_object(Bucket=self.bucket, Key=check_key(key), Range=wanted)[
                        "Body"
                    ]
            except ClientError as error:
                if error_code(error) == "InvalidRange":  # at or behind the end: nothing to read
                    return iter(())
                raise
        return _pieces(body.iter_chunks(CHUNK_BYTES))

    def delete(self, key: str) -> None:
        """Remove one object."""
        with reachable():
            self.client.delete_object(Bucket=self.bucket, Key=check_key(key))

    def delete_prefix(self, prefix: str) -> int:
        """Remove everything below the folder `prefix`; returns how many objects."""
        keys = [found.key for found in self.list(folder_prefix(prefix))]
        for first in range(0, len(keys), DELETE_BATCH):
            batch = keys[first : first + DELETE_BATCH]
            with reachable():
                answer = self.client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
                )
            if refused := answer.get("Errors"):
                raise Conflict(f"{len(refused)} objects below {prefix} could not be removed.")
        return len(keys)

    def list(self, prefix: str = "") -> Iterator[ObjectStat]:
        """Objects below the folder `prefix` in the order of their keys; S3 does not say their type here."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=folder_prefix(prefix, may_be_root=True)
        )
        with reachable():
            for page in pages:
                for found in page.get("Contents", []):
                    yield ObjectStat(
                        found["Key"], found["Size"], found["ETag"].strip('"'), "", found["LastModified"]
                    )

    def signed_url(
        self, key: str, *, file_name: str, content_type: str, expires_s: int = LINK_LIFETIME_S
    ) -> str:
        """A link that lets anyone who has it download the object as `file_name` until it expires."""
        wanted = {
            "Bucket": self.bucket,
            "Key": check_key(key),
            "ResponseContentDisposition": attachment(file_name),
            "ResponseContentType": content_type,
        }
        return self.link_client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=expires_s)

    def create_multipart(self, key: str, content_type: str) -> str:
        """Begin an upload in parts; returns its id."""
        with reachable():
            begun = self.client.create_multipart_upload(
                Bucket=self.bucket, Key=check_key(key), ContentType=content_type
            )
        return begun["UploadId"]

    def sign_part(
        self,
        key: str,
        upload_id: str,
        n: int,
        *,
        size_bytes: int | None = None,
        expires_s: int = LINK_LIFETIME_S,
    ) -> str:
        """A link that takes part `n` by PUT; with `size_bytes` the body must have exactly that length."""
        wanted: dict[str, str | int] = {
            "Bucket": self.bucket,
            "Key": check_key(key),
            "UploadId": upload_id,
            "PartNumber": n,
        }
        if size_bytes is not None:
            wanted["ContentLength"] = size_bytes
        return self.link_client.generate_presigned_url("upload_part", Params=wanted, ExpiresIn=expires_s)

    def list_parts(self, key: str, upload_id: str) -> Sequence[Part]:
        """Parts that arrived so far, by number. Unknown upload: `NotFound`."""
        pages = self.client.get_paginator("list_parts").paginate(
            Bucket=self.bucket, Key=check_key(key), UploadId=upload_id
        )
        latest: dict[int, PartTypeDef] = {}
        with reachable():
            for page in pages:
                for part in page.get("Parts", []):
                    # SeaweedFS also lists what a part sent again has replaced: the later one counts.
                    known = latest.setdefault(part["PartNumber"], part)
                    if part["LastModified"] >= known["LastModified"]:
                        latest[part["PartNumber"]] = part
        return [
            Part(number, part["ETag"].strip('"'), part["Size"]) for number, part in sorted(latest.items())
        ]

    def complete_multipart(self, key: str, upload_id: str, parts: Sequence[Part]) -> ObjectStat:
        """Join the parts into the object; `Conflict` when one is missing or differs from what arrived."""
        arrived = {part.number: part for part in self.list_parts(key, upload_id)}
        if not parts or [part.number for part in parts] != list(range(1, len(parts) + 1)):
            raise Conflict("Parts must be numbered 1, 2, 3 … without a gap.")
        for part in parts:
            if arrived.get(part.number) != part:
                raise Conflict(f"Part {part.number} did not arrive as described. Send it again.")
        named: list[CompletedPartTypeDef] = [
            {"PartNumber": part.number, "ETag": f'"{part.etag}"'} for part in parts
        ]
        with reachable():
            self.client.complete_multipart_upload(
                Bucket=self.bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": named}
            )
        return self._get_stat(key)

    def abort_multipart(self, key: str, upload_id: str) -> None:
        """Forget an upload and its parts."""
        with reachable():
            try:
                self.client.abort_multipart_upload(Bucket=self.bucket, Key=check_key(key), UploadId=upload_id)
            except ClientError as error:
                if error_code(error) not in {"NoSuchUpload", "404"}:
                    raise

    def abort_stale_multiparts(self, older_than: datetime) -> int:
        """Forget the uploads in parts begun before `older_than`; returns how many."""
        pages = self.client.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket)
        with reachable():
            stale = [
                upload
                for page in pages
                for upload in page.get("Uploads", [])
                if upload["Initiated"] < older_than
            ]
        for upload in stale:
            self.abort_multipart(upload["Key"], upload["UploadId"])
        return len(stale)

    def _get_stat(self, key: str) -> ObjectStat:
        found = self.stat(key)
        if found is None:
            raise NotFound
        return found


class _LimitedReader:
    """Counts what is read and stops the upload at the limit."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        self.stream = stream
        self.max_bytes = max_bytes
        self.size = 0

    def read(self, amount: int = -1) -> bytes:
        piece = self.stream.read(amount)
        self.size += len(piece)
        if self.size > self.max_bytes:
            raise TooLarge(f"More than {self.max_bytes:,} bytes arrived; that is the limit.")
        return piece


def _pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    with reachable():
        yield from chunks
