"""Faults that answer instead of the vendor."""

import time
from collections.abc import Callable, Mapping
from email.utils import formatdate

from ingestion.sandbox.http_shapes import Request, Response

Answer = Callable[[Request, str | None], Response]
_HTML = b"<!DOCTYPE html><html><body><h1>We will be right back</h1></body></html>"


def limited(retry_after: str | None) -> Response:
    """Return a 429, with the header when there is one."""
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    body = {"status": "error", "message": "You have reached your limit.", "category": "RATE_LIMITS"}
    return Response.of_json(body, status=429, headers=headers)


def _rate_limit_seconds(request: Request, value: str | None) -> Response:
    return limited(value or "1")


def _rate_limit_http_date(request: Request, value: str | None) -> Response:
    return limited(formatdate(time.time() + float(value or 1), usegmt=True))


def _rate_limit_absent(request: Request, value: str | None) -> Response:
    return limited(None)


def _rate_limit_absurd(request: Request, value: str | None) -> Response:
    return limited(value or "99999999999")


def _server_error(request: Request, value: str | None) -> Response:
    return Response.of_json({"message": "internal error"}, status=int(value or 500))


def _token_expired(request: Request, value: str | None) -> Response:
    return Response.of_json({"status": "error", "message": "expired", "category": "EXPIRED_AUTHENTICATION"}, status=401)


def _token_revoked(request: Request, value: str | None) -> Response:
    if request.path.rstrip("/").endswith("token"):
        body = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        return Response.of_json(body, status=400)
    return Response.of_json({"status": "error", "message": "revoked", "category": "INVALID_AUTHENTICATION"}, status=401)


def _redirect(location: str) -> Answer:
    def redirect(request: Request, value: str | None) -> Response:
        return Response(302, b"", {"Location": value or location})

    return redirect


def _html_200(request: Request, value: str | None) -> Response:
    return Response(200, _HTML, {"Content-Type": "text/html"})


def _error_object_200(request: Request, value: str | None) -> Response:
    return Response.of_json({"status": "error", "message": "something failed inside", "error": {"code": 17}})


def _empty_body_200(request: Request, value: str | None) -> Response:
    return Response(200, b"", {"Content-Type": "application/json"})


ANSWERS: Mapping[str, Answer] = {
    "rate_limit_seconds": _rate_limit_seconds,
    "rate_limit_http_date": _rate_limit_http_date,
    "rate_limit_absent": _rate_limit_absent,
    "rate_limit_absurd": _rate_limit_absurd,
    "server_error": _server_error,
    "token_expired": _token_expired,
    "token_revoked": _token_revoked,
    "redirect_other_host": _redirect("http://localhost:9/elsewhere"),
    "redirect_link_local": _redirect("http://169.254.169.254/latest/meta-data/"),
    "html_200": _html_200,
    "error_object_200": _error_object_200,
    "empty_body_200": _empty_body_200,
}
