"""One spelling for the many ways to write the address of a page, and the domain that answers for it. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit, urlunsplit

from publicsuffixlist import PublicSuffixList

from omnisonic.insight.feeds.models import MAX_URL_CHARS

DEFAULT_PORTS = {"http": 80, "https": 443}
# Parameters that say where a reader came from, not what is read (the list of miniflux/v2 urlcleaner.go).
TRACKING_PREFIXES = (
    "utm_",
    "mtm_",
    "mc_",
    "pk_",
    "piwik_",
    "hsa_",
    "at_",
    "wt_",
    "ns_",
    "stm_",
    "vero_",
    "oly_",
)
TRACKING_WORDS = """
fbclid gclid dclid gbraid wbraid gclsrc msclkid yclid ysclid twclid ttclid igshid igsh li_fat_id srsltid
wickedid _openstat _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mkt_tok campaign_id campaign_medium
campaign_name campaign_source campaign_term campaign_content cmpid icid ito ref_src ref_url rss_src
sc_campaign sc_channel sc_content sc_country sc_geo sc_medium sc_outcome s_cid s_kwcid xtor guccounter
guce_referrer guce_referrer_sig spm scm cvid ocid soc_src soc_trk _ga _gl gs_l
"""
TRACKING = frozenset(TRACKING_WORDS.split())
PATH_SAFE = "/:@!$&'()*+,;=~%-._"
QUERY_SAFE = "/:@!$'()*,;~-._?"
BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def canonical_url(url: str) -> str | None:
    """The one spelling of an http(s) address; None when it is none or longer than 2,048 characters.

    Scheme and host in lower case (IDNA), no default port, fragment or password, no tracking parameters, the
    others sorted, escapes as RFC 3986 §6.2.2 has them. The case of the path stays: servers care.
    """
    parts = _split(url)
    if parts is None or parts.hostname is None:
        return None
    host = _ascii_host(parts.hostname)
    if host is None:
        return None
    try:
        port = parts.port
    except ValueError:
        return None
    place = host if port in (None, DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    path = _escaped(parts.path, PATH_SAFE) or "/"
    written = urlunsplit((parts.scheme, place, path, _query(parts.query, host), ""))
    return written if len(written) <= MAX_URL_CHARS else None


def feed_key(url: str) -> str | None:
    """What makes two addresses the same feed: the canonical form without its scheme and a final slash."""
    canonical = canonical_url(url)
    return canonical.partition("://")[2].rstrip("/") if canonical else None


def registrable_domain(url: str) -> str:
    """The domain that someone registered, as `bbc.co.uk` of `https://feeds.bbc.co.uk/music`.

    The host itself for an IP address or a name without a public suffix; an unusual port stays with those,
    because there each port is a server of its own. Empty when there is no host.
    """
    parts = _split(url)
    host = _ascii_host(parts.hostname) if parts is not None and parts.hostname else None
    if parts is None or host is None:
        return ""
    domain = _domain_of(host)
    if domain is not None:
        return domain
    try:
        port = parts.port
    except ValueError:
        return ""
    return host if port in (None, DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"


@lru_cache(maxsize=4096)
def _domain_of(host: str) -> str | None:
    if host.startswith("[") or _is_address(host) or "." not in host:
        return None
    found = _suffixes().privatesuffix(host)
    return str(found) if found else None


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    # With the private part of the list: what is below `github.io` belongs to different people.
    return PublicSuffixList(accept_unknown=True)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return parts if parts.scheme in DEFAULT_PORTS and parts.netloc else None


@lru_cache(maxsize=4096)
def _ascii_host(host: str) -> str | None:
    name = host.rstrip(".").lower()
    if ":" in name:
        return f"[{name}]" if _is_address(name.partition("%")[0]) else None
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return name if re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name) else None


def _escaped(text: str, safe: str) -> str:
    whole = BAD_PERCENT.sub("%25", text)
    return ESCAPE.sub(_normal_escape, quote(whole, safe=safe + "%"))


def _normal_escape(match: re.Match[str]) -> str:
    letter = chr(int(match[0][1:], 16))
    return letter if letter in UNRESERVED else match[0].upper()


def _query(query: str, host: str) -> str:
    if not query:
        return ""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=200)
    except ValueError:  # too many to sort out: leave them as they are
        return _escaped(query, QUERY_SAFE + "&=+")
    kept = sorted((name, value) for name, value in pairs if not _is_tracking(name.lower(), value, host))
    return "&".join(_pair(name, value) for name, value in kept)


def _pair(name: str, value: str) -> str:
    left = quote(name, safe=QUERY_SAFE)
    return f"{left}={quote(value, safe=QUERY_SAFE)}" if value else left


def _is_tracking(name: str, value: str, host: str) -> bool:
    if name in TRACKING or name.startswith(TRACKING_PREFIXES):
        return True
    return name in ("ref", "source") and value.lower() in ("rss", "feed", "atom", host, "twitter", "facebook")
