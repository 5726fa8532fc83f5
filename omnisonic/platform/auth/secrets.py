"""Random secrets and their digests. What is stored can check a secret but not reveal it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

SECRET_BYTES = 32
TOKEN_MARK = "omni_"  # noqa: S105  (lets secret scanners recognize our tokens)
TOKEN_PREFIX_CHARS = 12

# 16 MiB and about 50 ms: passwords exist only in development, where many sign-ins come in a row. The
# parameters are part of each hash, so raising them (OWASP: p=5) leaves old ones valid.
SCRYPT_LOG_N = 14
SCRYPT_R = 8
SCRYPT_P = 1
SALT_BYTES = 16


def new_secret() -> str:
    """256 random bits, safe in a URL and in a cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_token_secret() -> str:
    """An API token as its owner sees it, once."""
    return TOKEN_MARK + new_secret()


def digest_secret(secret: str) -> str:
    """SHA-256 in hex; enough for secrets that are random (a password is not: `hash_password`)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    """`scrypt$log2(N)$r$p$salt$key` (RFC 7914), salt and key in base64."""
    salt = secrets.token_bytes(SALT_BYTES)
    key = _derive(password, salt, log_n=SCRYPT_LOG_N, r=SCRYPT_R, p=SCRYPT_P)
    encoded = [base64.b64encode(part).decode() for part in (salt, key)]
    return "$".join(["scrypt", str(SCRYPT_LOG_N), str(SCRYPT_R), str(SCRYPT_P), *encoded])


def is_password_right(password: str, stored: str) -> bool:
    """Whether `password` belongs to a hash of `hash_password`; compares in constant time."""
    _, log_n, r, p, salt, key = stored.split("$")
    derived = _derive(password, base64.b64decode(salt), log_n=int(log_n), r=int(r), p=int(p))
    return hmac.compare_digest(derived, base64.b64decode(key))


def _derive(password: str, salt: bytes, *, log_n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=1 << log_n, r=r, p=p, maxmem=64 * 1024 * 1024, dklen=32
    )
