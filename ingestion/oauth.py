"""How a request proves who it is: bearer token, user and password, OAuth 2.0 with refresh."""

import base64
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749 import OAuth2Token
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from ingestion.errors import ConfigurationError

PostForm = Callable[[str, Mapping[str, str], bytes], tuple[int, Any]]
"""Posts a form to a URL with headers; the status and the JSON of the answer."""

_EXPIRY_LEEWAY_SECONDS = 60
_FORM = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}


class Credentials(Protocol):
    """What signs the requests of one source."""

    def authorization(self) -> str:
        """The value of the Authorization header for the next request."""
        ...

    def renew(self, refused: str) -> bool:
        """Replace a refused header value; False when there is nothing to replace it with."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """Every text that must never be seen in a message."""
        ...


class Bearer:
    """A fixed bearer token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def authorization(self) -> str:
        """The value of the Authorization header."""
        return f"Bearer {self._token}"

    def renew(self, refused: str) -> bool:
        """A fixed token cannot be renewed."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self._token,)


class Basic:
    """User name and password (RFC 7617)."""

    def __init__(self, user: str, password: str) -> None:
        self._password = password
        self._encoded = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")

    def authorization(self) -> str:
        """The value of the Authorization header."""
        return f"Basic {self._encoded}"

    def renew(self, refused: str) -> bool:
        """A password cannot be renewed."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """The password and the encoded pair."""
        return (self._password, self._encoded)


class OAuth2Refresh:
    """Access tokens from a refresh token (RFC 6749, 6), renewed before they expire or when one is refused.

    Threads share one token: a refusal that several of them meet leads to one refresh. A rotated refresh token
    replaces the configured one for the life of the process and is handed to `on_rotation`.
    """

    def __init__(
        self,
        *,
        source: str,
        token_url: str,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        post_form: PostForm,
        on_rotation: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._token_url = token_url
        self._client = ClientAuth(client_id, client_secret, "client_secret_post")
        self._client_secret = client_secret
        self._refresh_token = refresh_token
        self._post_form = post_form
        self._on_rotation = on_rotation
        self._clock = clock
        self._lock = threading.Lock()
        self._token: OAuth2Token | None = None
        self._expires_at = 0.0
        self._seen = {client_secret, refresh_token}

    def authorization(self) -> str:
        """The value of the Authorization header; fetches an access token first when there is none in force.

        Raises ConfigurationError when the token endpoint refuses the refresh token.
        """
        with self._lock:
            if self._token is None or self._clock() >= self._expires_at - _EXPIRY_LEEWAY_SECONDS:
                self._refresh()
            return self._header()

    def renew(self, refused: str) -> bool:
        """Refresh, unless another thread has already replaced the refused token."""
        with self._lock:
            if self._token is not None and self._header() != refused:
                return True
            self._refresh()
            return True

    def secrets(self) -> tuple[str, ...]:
        """The client secret and every token of this process."""
        return tuple(self._seen)

    def _header(self) -> str:
        assert self._token is not None
        return f"Bearer {self._token['access_token']}"

    def _refresh(self) -> None:
        body = prepare_token_request("refresh_token", "", refresh_token=self._refresh_token)
        url, headers, body = self._client.prepare("POST", self._token_url, dict(_FORM), body)
        content = body.encode() if isinstance(body, str) else bytes(body)
        status, answer = self._post_form(url, headers, content)
        if status != 200 or not isinstance(answer, dict) or not answer.get("access_token"):
            reason = answer.get("error") if isinstance(answer, dict) else None
            raise ConfigurationError(
                f"the token endpoint refused the refresh token ({reason or f'HTTP {status}'})",
                where=f"source {self._source}",
                next="It was revoked or has expired: authorise again and set the new refresh token",
            )
        token = OAuth2Token.from_dict(answer)
        self._seen.add(token["access_token"])
        self._expires_at = self._clock() + float(answer.get("expires_in") or 3600)
        self._rotate(answer.get("refresh_token"))
        self._token = token

    def _rotate(self, refresh_token: str | None) -> None:
        if not refresh_token or refresh_token == self._refresh_token:
            return
        self._seen.add(refresh_token)
        self._refresh_token = refresh_token
        if self._on_rotation is not None:
            self._on_rotation(refresh_token)


def stored_in(file: Path) -> Callable[[str], None]:
    """What keeps a rotated refresh token for the next run: the file that the configured one was read from."""

    def store(refresh_token: str) -> None:
        draft = file.with_name(f"{file.name}.new")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(refresh_token)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)

    return store
