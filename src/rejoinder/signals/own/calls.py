"""One call to an endpoint: with a time limit, tried again where that may help, and never led elsewhere."""

from __future__ import annotations

import os
import time
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from rejoinder.errors import OutsideError, UsageError

if TYPE_CHECKING:
    from rejoinder.signals.own.spec import EndpointSpec

MOST = 1 << 20
"""Bytes of an answer that are read; a longer one is none."""

PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before the second attempt, doubled before each further one, and how long is waited at most."""

HERE = frozenset({"localhost", "127.0.0.1", "::1"})
SETTINGS = frozenset({401, 403, 404, 405})
"""Answers that say that the settings are wrong: no other text will fare better."""
AGAIN = frozenset({408, 409, 425, 429})
"""Beside 500 and above: answers that say that it may go better later."""


class _Stay(HTTPRedirectHandler):
    """A redirect is an error: the key and the post are for the address that was named."""

    def redirect_request(self, *_: object) -> None:
        """Nowhere."""


_OPENER = build_opener(_Stay)


def headers(spec: EndpointSpec) -> dict[str, str]:
    """What goes with every call.

    Raises `UsageError` where the variable of the key is not set, or the key would travel in the open.
    """
    told = {"Content-Type": "application/json", "User-Agent": "rejoinder"}
    if spec.key is None:
        return told
    address = urlsplit(spec.url)
    if address.scheme == "http" and address.hostname not in HERE:
        raise UsageError("a key is not sent over plain http", where=spec.url, remedy="use https")
    if not (key := os.environ.get(spec.key, "").strip()):
        raise UsageError(f"`{spec.key}` is not set", where=f"detector `{spec.name}`",
                         remedy="set that environment variable to the endpoint's key")  # fmt: skip
    return told | {"Authorization": f"Bearer {key}"}


def call(spec: EndpointSpec, body: bytes) -> bytes | None:
    """The answer's body; `None` where after all attempts there is none.

    Raises `OutsideError` where the endpoint refuses whoever calls (wrong key, address or model).
    """
    request = Request(spec.url, body, headers(spec))  # noqa: S310 - `spec` allows http and https only
    for attempt in range(spec.attempts):
        waited = PAUSE * 2**attempt
        try:
            with _OPENER.open(request, timeout=spec.timeout) as answer:
                read: bytes = answer.read(MOST + 1)
                return read if len(read) <= MOST else None
        except HTTPError as error:
            with error:
                if error.code in SETTINGS:
                    raise _refused(spec, error.code) from None  # its own words may hold the key
                if error.code not in AGAIN and error.code < 500:  # noqa: PLR2004 - as HTTP counts
                    return None
                waited = _asked_to_wait(error, waited)
        except (OSError, HTTPException):  # no connection, no answer in time, an answer cut off
            pass
        if attempt + 1 < spec.attempts:
            time.sleep(min(waited, LONGEST_PAUSE))
    return None


def _asked_to_wait(error: HTTPError, otherwise: float) -> float:
    said = error.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else otherwise


def _refused(spec: EndpointSpec, code: int) -> OutsideError:
    return OutsideError(
        f"the endpoint refuses: HTTP {code}", where=f"detector `{spec.name}`, {spec.url}",
        expected="an address, a model and a key that go together", remedy="mend `detector.toml` or the key",
    )  # fmt: skip
