"""The site on loopback: Starlette serves it, uvicorn listens.

Files go out in blocks of 64 KiB, whole or by byte ranges, with validators; nothing outside the site, nothing
hidden, and nothing by a host name that is not this machine's own.
"""

from __future__ import annotations

import errno
import os
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from narrator.errors import MissingError, ProductionError, UsageError
from narrator.listen.templating import POLICY

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.types import Scope

HOST: Final = "127.0.0.1"
"""The only address that is listened on: a preview is nobody else's business."""

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".epub": "application/epub+zip",
    ".flac": "audio/flac",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".opus": "audio/ogg",
    ".svg": "image/svg+xml",
    ".srt": "application/x-subrip; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".xml": "application/rss+xml; charset=utf-8",
    ".zip": "application/zip",
}
"""What the files of a site are, whatever the machine's own tables say."""

_HEADERS: Final = {
    "content-security-policy": f"{POLICY}; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_NAMED_BY_CONTENT: Final = re.compile(r"[^/]+/media/[^/]+|([^/]+/)?assets/[^/]+/[^/]+")


def app(site: Path) -> Starlette:
    """The site as an ASGI application. Raises ProductionError where nothing was published."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    class Site(StaticFiles):
        async def get_response(self, path: str, scope: Scope) -> Response:
            if any(part.startswith(".") for part in PurePosixPath(path).parts if part != "."):
                raise HTTPException(status_code=404)
            response = await super().get_response(path, scope)
            response.headers.update(_HEADERS)
            fixed = _NAMED_BY_CONTENT.fullmatch(path) and response.status_code in (200, 304)
            response.headers["cache-control"] = _FOR_EVER if fixed else "no-cache"
            return response

        def file_response(
            self,
            full_path: str | os.PathLike[str],
            stat_result: os.stat_result,
            scope: Scope,
            status_code: int = 200,
        ) -> Response:
            response = super().file_response(full_path, stat_result, scope, status_code)
            kind = TYPES.get(Path(full_path).suffix, "application/octet-stream")
            if response.status_code == status_code:
                response.headers["content-type"] = kind
            return response

    if not (site / "index.html").is_file():
        raise ProductionError("nothing is published here.", where=str(site), hint="Type `narrator publish`.")
    own_names = ["localhost", HOST]
    return Starlette(
        routes=[Mount("/", Site(directory=site, html=True))],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=own_names, www_redirect=False)],
    )


def serve(site: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve the site until interrupted. port: 0 takes any that is free. ready: is told the site's address.

    Raises ProductionError where nothing was published, UsageError where the port is taken or not allowed.
    """
    try:
        import uvicorn
    except ImportError as error:
        raise MissingError("uvicorn is not installed.", hint="Type `pip install uvicorn`.") from error

    application = app(site)
    with _listening(port) as listener, suppress(KeyboardInterrupt):  # that is how it ends
        ready(f"http://{HOST}:{listener.getsockname()[1]}/")
        config = uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        uvicorn.Server(config).run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        raise UsageError(
            f"port {port} is {'taken' if taken else 'not allowed'}.",
            hint="Type `narrator serve --port 0` for any that is free.",
        ) from error
    return listener
