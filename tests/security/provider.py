"""A provider of single sign-on to whom everybody is one person: ``python -m tests.security.provider PORT PERSON``."""

from __future__ import annotations

import secrets
import sys
import time

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

PORT, PERSON = int(sys.argv[1]), sys.argv[2]
HERE = f"http://localhost:{PORT}"
KEY = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})
nonces: dict[str, str] = {}


def described(_request: Request) -> JSONResponse:
    return JSONResponse(
        {
            "issuer": HERE,
            "authorization_endpoint": f"{HERE}/authorize",
            "token_endpoint": f"{HERE}/token",
            "jwks_uri": f"{HERE}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
    )


def authorize(request: Request) -> RedirectResponse:
    asked, code = request.query_params, secrets.token_hex(8)
    nonces[code] = asked["nonce"]
    return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")


async def token(request: Request) -> JSONResponse:
    form, now = await request.form(), int(time.time())
    said = {"iss": HERE, "sub": PERSON, "aud": "board", "iat": now, "exp": now + 3600}
    said["nonce"] = nonces.pop(str(form["code"]))
    signed = jwt.encode({"alg": "RS256", "kid": "one"}, said, KEY)
    return JSONResponse({"access_token": "none", "token_type": "Bearer", "expires_in": 3600, "id_token": signed})


def keys(_request: Request) -> JSONResponse:
    return JSONResponse({"keys": [KEY.as_dict(private=False)]})


ROUTES = [
    Route("/.well-known/openid-configuration", described),
    Route("/authorize", authorize),
    Route("/token", token, methods=["POST"]),
    Route("/keys", keys),
]

if __name__ == "__main__":
    uvicorn.run(Starlette(routes=ROUTES), port=PORT, log_level="warning")
