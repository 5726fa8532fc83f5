"""REST of sign-in: who I am, credentials, sign-out, set-up code, confirmation of an address."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from omnisonic.platform.auth import confirmations, oauth_api, repository, roles, tokens_api
from omnisonic.platform.auth.browser_sessions import end_session, open_session
from omnisonic.platform.auth.errors import ProviderUnknown, SignInUnavailable
from omnisonic.platform.auth.http import (
    BrowserActor,
    OptionalActor,
    clear_session_cookie,
    set_session_cookie,
)
from omnisonic.platform.auth.identities import (
    CREDENTIALS,
    are_credentials_enabled,
    sign_in_credentials,
)
from omnisonic.platform.auth.models import User
from omnisonic.platform.auth.oauth_api import Providers
from omnisonic.platform.auth.schemas import (
    ConfirmIn,
    CredentialsIn,
    ProviderOut,
    ProvidersOut,
    SessionOut,
    SetupCodeIn,
    SignedInOut,
    UserOut,
)
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.rate_limit import check_rate
from omnisonic.platform.schemas import Ok
from omnisonic.platform.web.limits import client_key

ADDRESS_ATTEMPTS, ADDRESS_WINDOW_S = 10, 60  # passwords tried for one address
ORIGIN_ATTEMPTS, ORIGIN_WINDOW_S = 100, 60  # passwords tried from one place
CODE_ATTEMPTS, CODE_WINDOW_S = 10, 600
MAILS, MAIL_WINDOW_S = 5, 3600


def forbid_storing(response: Response) -> None:
    """Keep answers about accounts out of every cache."""
    response.headers["Cache-Control"] = "no-store"


router = APIRouter(prefix="/api", dependencies=[Depends(forbid_storing)])
sign_in = APIRouter(prefix="/auth", tags=["Sign-in"])


@sign_in.get("/providers")
def list_sign_in_providers(providers: Providers) -> ProvidersOut:
    """The ways to sign in here. `credentials` is an address and a password, for development."""
    offered = [ProviderOut(id=one.id, name=one.name) for one in providers.values()]
    if are_credentials_enabled():
        offered.append(ProviderOut(id=CREDENTIALS, name="Email and password"))
    return ProvidersOut(providers=offered)


@sign_in.post("/callback/credentials")
def sign_in_with_credentials(body: CredentialsIn, request: Request, response: Response) -> SignedInOut:
    """Sign in with an address and a password, where the installation allows it."""
    if not are_credentials_enabled():
        raise ProviderUnknown
    _count_attempt(request, body.email)
    with unit_of_work() as uow:
        user = sign_in_credentials(uow, email=body.email, password=body.password)
        secret = open_session(
            uow,
            user,
            provider=CREDENTIALS,
            user_agent=request.headers.get("user-agent"),
            cookie_header=request.headers.get("cookie"),
        )
        answer = SignedInOut(user=_show(user))
    set_session_cookie(response, secret)
    return answer


@sign_in.get("/session")
def read_sign_in_session(actor: OptionalActor) -> SessionOut:
    """Who the cookie or the token belongs to; null for a visitor."""
    if actor is None:
        return SessionOut(user=None)
    with unit_of_work() as uow:  # the primary: a fresh account may not be on the replica yet
        user = repository.find_user(uow.session, actor.user_id)
        return SessionOut(user=_show(user) if user else None)


@sign_in.post("/signout")
def sign_out(actor: OptionalActor, response: Response) -> Ok:
    """End the browser's session; also fine without one."""
    if actor is not None:
        with unit_of_work() as uow:
            end_session(uow, actor)
    clear_session_cookie(response)
    return Ok()


@sign_in.post("/setup-code")
def redeem_setup_code(body: SetupCodeIn, actor: BrowserActor) -> SignedInOut:
    """Become the first admin with the code that the log shows while there is none."""
    check_rate("setup-code", str(actor.user_id), CODE_ATTEMPTS, CODE_WINDOW_S, fail_open=False)
    with unit_of_work() as uow:
        return SignedInOut(user=_show(roles.redeem_setup_code(uow, actor, code=body.code)))


@sign_in.post("/confirmation", status_code=202)
def request_confirmation(actor: BrowserActor) -> Ok:
    """Mail the caller a link that confirms their address."""
    check_rate("confirmation", str(actor.user_id), MAILS, MAIL_WINDOW_S, fail_open=False)
    with unit_of_work() as uow:
        confirmations.request_confirmation(uow, actor)
    return Ok()


@sign_in.post("/confirmation/confirm")
def confirm_address(body: ConfirmIn, request: Request) -> Ok:
    """Confirm an address with the secret of the link; works once."""
    check_rate("confirm", client_key(request), CODE_ATTEMPTS, ADDRESS_WINDOW_S, fail_open=False)
    with unit_of_work() as uow:
        confirmations.confirm_address(uow, secret=body.token)
    return Ok()


def _count_attempt(request: Request, email: str) -> None:
    try:
        check_rate("password-origin", client_key(request), ORIGIN_ATTEMPTS, ORIGIN_WINDOW_S, fail_open=False)
        check_rate("password-address", email, ADDRESS_ATTEMPTS, ADDRESS_WINDOW_S, fail_open=False)
    except ServiceUnavailable as error:
        raise SignInUnavailable from error


def _show(user: User) -> UserOut:
    return UserOut.model_validate(user, from_attributes=True)


sign_in.include_router(oauth_api.router)
router.include_router(sign_in)
router.include_router(tokens_api.router)
