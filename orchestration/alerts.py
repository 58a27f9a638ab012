"""Tells people that a run failed: a webhook and e-mail. A sink that is down never changes the outcome of a run."""

import logging
import smtplib
from email.message import EmailMessage
from typing import Any

from ingestion.errors import ConfigurationError
from ingestion.settings import Settings

_TIMEOUT_SECONDS = 10
_log = logging.getLogger(__name__)


def send(settings: Settings, summary: dict[str, Any]) -> list[str]:
    """Post the summary of a failed run to every configured sink; returns what went wrong in doing so."""
    text = f"{settings.company.name}: the run of {summary['started_at']} {summary['status']}. {summary['error']}"
    problems = []
    for name, post in (("webhook", _post_webhook), ("e-mail", _send_email)):
        try:
            post(settings, text, summary)
        except (OSError, ConfigurationError, ValueError, smtplib.SMTPException) as error:
            problems.append(f"the {name} alert could not be sent: {type(error).__name__}")
        except Exception as error:  # a broken sink must not hide the run's own outcome
            problems.append(f"the {name} alert failed: {type(error).__name__}")
    for problem in problems:
        _log.warning(problem)
    return problems


def _post_webhook(settings: Settings, text: str, summary: dict[str, Any]) -> None:
    if settings.alerts.webhook_url is None:
        return
    import httpx

    shown = {key: summary.get(key) for key in ("status", "started_at", "finished_at", "error", "build_id")}
    answer = httpx.post(
        settings.alerts.webhook_url.get_secret_value(),
        json={"text": text, **shown},
        timeout=_TIMEOUT_SECONDS,
        follow_redirects=False,
    )
    if answer.status_code >= 300:
        raise OSError(f"status {answer.status_code}")


def _send_email(settings: Settings, text: str, summary: dict[str, Any]) -> None:
    sink = settings.alerts
    if not sink.email_to or not sink.smtp_host:
        return
    message = EmailMessage()
    message["From"], message["To"] = sink.email_from, ", ".join(sink.email_to)
    message["Subject"] = f"{settings.company.name}: the run {summary['status']}"
    message.set_content(text)
    with smtplib.SMTP(sink.smtp_host, sink.smtp_port, timeout=_TIMEOUT_SECONDS) as server:
        if sink.smtp_tls:
            server.starttls()
        if sink.smtp_username and sink.smtp_password:
            server.login(sink.smtp_username, sink.smtp_password.get_secret_value())
        server.send_message(message)
