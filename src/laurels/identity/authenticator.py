"""Who sent a request: web's `Authenticator`, filled by sessions and service keys."""

import hmac
from typing import Literal

from fastapi import Request

from laurels.identity.parts import Identity
from laurels.identity.session_lookup import Standing
from laurels.identity.tokens import read_access_token, read_secret, read_service_key
from laurels.web.caller import AnyCaller, Caller, Role, ServiceCaller, sent_service_key, session_cookie_name


class SessionAuthenticator:
    """Reads the bearer token or the cookie, and asks whether its session, or the service key, still stands."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def __call__(self, request: Request) -> AnyCaller | None:
        """The active member or the service key behind a request. A header, good or bad, makes cookies count for nothing."""
        service_key = sent_service_key(request)
        if service_key is not None:
            return await self._by_service_key(service_key)
        authorization = request.headers.get("authorization")
        if authorization is not None:
            return await self._by_header(authorization)
        cookie = request.cookies.get(session_cookie_name(request))
        return await self._by_cookie(cookie) if cookie else None

    async def _by_service_key(self, sent: str) -> ServiceCaller | None:
        secret = read_service_key(self._identity.keys, sent)
        if secret is None:
            return None
        standing = await self._identity.key_lookup.find(secret.key_id)
        if standing is None or not hmac.compare_digest(standing.secret_hash, secret.hash):
            return None
        if standing.is_use_to_be_noted:
            self._identity.key_lookup.note_use(standing.key_id)
        return ServiceCaller(standing.key_id, standing.subject, standing.scopes, standing.name)

    async def _by_header(self, authorization: str) -> Caller | None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        access = read_access_token(self._identity.keys, token.strip(), now=self._identity.now())
        if access is None:
            return None
        standing = await self._identity.lookup.find(access.session_id)
        if standing is None or standing.via != "bearer" or standing.member_id != access.member_id:
            return None
        return _caller(standing, "bearer")

    async def _by_cookie(self, cookie: str) -> Caller | None:
        secret = read_secret(self._identity.keys, cookie, via="cookie")
        if secret is None:
            return None
        standing = await self._identity.lookup.find(secret.session_id)
        if standing is None or standing.via != "cookie" or not hmac.compare_digest(standing.secret_hash, secret.hash):
            return None
        return _caller(standing, "cookie")


def _caller(standing: Standing, via: Literal["bearer", "cookie"]) -> Caller:
    return Caller(
        member_id=standing.member_id,
        role=Role(standing.role),
        session_id=standing.session_id,
        student_id=standing.student_id,
        display_name=standing.display_name,
        time_zone=standing.time_zone,
        locale=standing.locale,
        via=via,
    )
