"""Leaving for a provider and coming back. People see these answers, so every refusal ends on a page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse

from omnisonic.platform.auth.authentication import is_https
from omnisonic.platform.auth.browser_sessions import open_session
from omnisonic.platform.auth.errors import (
    ProviderFailed,
    ProviderUnknown,
    SignInDenied,
    SignInError,
    SignInUnavailable,
)
from omnisonic.platform.auth.flow import (
    FLOW_LIFETIME_S,
    browser_cookie_name,
    browser_secret,
    start_flow,
    take_flow,
)
from omnisonic.platform.auth.http import set_session_cookie
from omnisonic.platform.auth.identities import sign_in_profile
from omnisonic.platform.auth.next_path import clean_next, sign_in_path
from omnisonic.platform.auth.providers import Provider, configured_providers
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.logging import get_logger
from omnisonic.platform.rate_limit import check_rate
from omnisonic.platform.settings import get_settings
from omnisonic.platform.web.limits import client_key

START_ATTEMPTS, START_WINDOW_S = 60, 60
MAX_CODE_CHARS = 2048
SEE_OTHER = 303

log = get_logger(__name__)
router = APIRouter()


def installed_providers() -> dict[str, Provider]:
    """The providers that are set up; tests put ones with loopback addresses in its place."""
    return configured_providers(get_settings())


Providers = Annotated[dict[str, Provider], Depends(installed_providers)]


@router.get("/signin/{provider}", status_code=SEE_OTHER, response_class=RedirectResponse)
def start_sign_in(
    provider: str,
    providers: Providers,
    request: Request,
    next_path: Annotated[str | None, Query(alias="next")] = None,
) -> RedirectResponse:
    """Send the browser to the provider's consent page. `next` is a local path to end at."""
    chosen = providers.get(provider)
    if chosen is None:
        raise ProviderUnknown(f"`{provider[:32]}` is not set up here.")
    check_rate("signin-start", client_key(request), START_ATTEMPTS, START_WINDOW_S)
    target = clean_next(next_path)
    browser = browser_secret(request.headers.get("cookie"))
    try:
        flow = start_flow(
            provider=provider,
            browser=browser,
            next_path=target,
            redirect_uri=f"{_callback_base(request)}/api/auth/callback/{provider}",
        )
        answer = _redirect(chosen.authorization_url(flow.attempt))
    except (SignInError, ServiceUnavailable) as error:
        return _refuse(error, provider, target)
    answer.set_cookie(
        browser_cookie_name(),
        browser,
        max_age=FLOW_LIFETIME_S,
        path="/",
        secure=is_https(),
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get("/callback/{provider}", status_code=SEE_OTHER, response_class=RedirectResponse)
def finish_sign_in(
    provider: str,
    providers: Providers,
    request: Request,
    code: str | None = None,
    state: str | None = None,
    error: str | None = None,
) -> RedirectResponse:
    """Where the provider sends the browser back: signs in, or ends at `/signin?error=…`."""
    chosen = providers.get(provider)
    if chosen is None:
        raise ProviderUnknown(f"`{provider[:32]}` is not set up here.")
    target: str | None = None
    cookie_header = request.headers.get("cookie")
    try:
        if error is not None and not state:  # some providers leave it out when they say no
            raise _refusal_of(error)
        flow = take_flow(provider=provider, state=state, cookie_header=cookie_header)
        target = flow.next_path
        if error is not None:
            raise _refusal_of(error)
        if not code or len(code) > MAX_CODE_CHARS:
            raise ProviderFailed
        profile = chosen.fetch_profile(code, flow.attempt)
        with unit_of_work() as uow:
            secret = open_session(
                uow,
                sign_in_profile(uow, profile),
                provider=provider,
                user_agent=request.headers.get("user-agent"),
                cookie_header=cookie_header,
            )
    except (SignInError, ServiceUnavailable) as refusal:
        return _refuse(refusal, provider, target)
    answer = _redirect(target)
    set_session_cookie(answer, secret)
    return answer


def _refusal_of(error: str) -> SignInError:
    """RFC 6749 §4.1.2.1: `access_denied` is the person's no, the rest is trouble between the servers."""
    return SignInDenied() if error == "access_denied" else ProviderFailed()


def _redirect(url: str) -> RedirectResponse:
    return RedirectResponse(url, SEE_OTHER, headers={"Cache-Control": "no-store"})


def _refuse(error: SignInError | ServiceUnavailable, provider: str, target: str | None) -> RedirectResponse:
    log.info("sign_in_refused", provider=provider, slug=error.slug, detail=error.detail)
    slug = error.slug if isinstance(error, SignInError) else SignInUnavailable.slug
    return _redirect(sign_in_path(target, error=slug))


def _callback_base(request: Request) -> str:
    """Our address for the provider; in development the spelling of this machine that the browser uses."""
    settings = get_settings()
    here = f"{request.url.scheme}://{request.url.netloc}"
    if settings.auth_url is None and not settings.is_production and here in settings.allowed_origins:
        return here
    return settings.sign_in_url
