"""What boto3 raises, in our own errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import BotoCoreError, ClientError

from omnisonic.platform.errors import Conflict, NotFound, ServiceUnavailable

MISSING = {"404", "NoSuchKey", "NotFound", "NoSuchUpload"}
REFUSED_PARTS = {"InvalidPart", "InvalidPartOrder", "EntityTooSmall"}


def error_code(error: ClientError) -> str:
    """The server's own word, e.g. `NoSuchKey`."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def reachable() -> Iterator[None]:
    """Turn what boto3 raises inside the block into `NotFound`, `Conflict` or `ServiceUnavailable`."""
    try:
        yield
    except ClientError as error:
        raise _translate(error) from error
    except S3UploadFailedError as error:
        cause = error.__cause__ or error.__context__
        if isinstance(cause, ClientError):
            raise _translate(cause) from error
        raise ServiceUnavailable("The object store did not take the file. Try again.") from error
    except (BotoCoreError, ConnectionError, TimeoutError) as error:
        raise ServiceUnavailable("The object store is not reachable. Try again in a moment.") from error


def _translate(error: ClientError) -> Exception:
    code = error_code(error)
    if code in MISSING:
        return NotFound()
    if code in REFUSED_PARTS:
        return Conflict("A part is missing, damaged or too small. Send it again.")
    return ServiceUnavailable(f"The object store answered {code or 'with an error'}. Try again in a moment.")
