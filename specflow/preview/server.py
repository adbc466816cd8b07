"""The server of a preview: for browsers of this machine that know a secret, to read and nothing else.

It listens on the loopback interface. Each address begins with a random token, and names one of a few things: no path is
ever looked up on the disk. A request must name this host, so that a page elsewhere cannot reach it by a name of its own
that it lets point here (DNS rebinding).
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

from specflow import assets
from specflow.errors import SpecflowError
from specflow.files import read_bytes
from specflow.model import Format
from specflow.preview.session import Session

_HOST = "127.0.0.1"
_ALIVE_SECONDS = 5.0
_TIMEOUT_SECONDS = 60.0
_PARTS = {
    "": ("preview.html", "text/html; charset=utf-8"),
    "preview.js": ("preview.js", "text/javascript; charset=utf-8"),
    "preview.css": ("preview.css", "text/css; charset=utf-8"),
}
_TYPES = {
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
    Format.HTML: "text/html; charset=utf-8",
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_EDITION_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
_ALWAYS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Server(ThreadingHTTPServer):
    """Serves a session until it is closed; `url` is where."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, session: Session, port: int = 0) -> None:
        self.session = session
        self.token = secrets.token_urlsafe(24)
        super().__init__((_HOST, port), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{_HOST}:{self.server_port}/{self.token}/"

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which a browser may ask."""
        return frozenset(f"{name}:{self.server_port}" for name in (_HOST, "localhost"))

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that has gone away."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "specflow"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = _TIMEOUT_SECONDS

    def do_GET(self) -> None:
        """Answer one of the few things that there are."""
        if self.headers.get("Host") not in self.server.hosts:
            self._answer(HTTPStatus.MISDIRECTED_REQUEST, b"this server answers to its own name alone\n")
            return
        _, token, *rest = [*self.path.partition("?")[0].split("/"), "", ""]
        name = "/".join(rest).rstrip("/")
        if not secrets.compare_digest(token.encode(), self.server.token.encode()):
            self._missing()
        elif not rest[0] and self.path.partition("?")[0].count("/") == 1:  # the page's own addresses start at the slash
            self._answer(HTTPStatus.PERMANENT_REDIRECT, b"", more={"Location": f"/{self.server.token}/"})
        elif name in _PARTS:
            file, kind = _PARTS[name]
            data = read_bytes(assets.templates() / "layouts" / file)
            self._answer(HTTPStatus.OK, data, kind, {"Content-Security-Policy": _PAGE_POLICY})
        elif name == "events":
            self._events()
        elif name.startswith("edition/"):
            self._edition()
        elif name in (Format.DOCX, Format.PDF):
            self._asked_for(Format(name))
        else:
            self._missing()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing: addresses hold the token."""

    def _edition(self) -> None:
        html = self.server.session.shown.html
        self._answer(HTTPStatus.OK, html, _TYPES[Format.HTML], {"Content-Security-Policy": _EDITION_POLICY})

    def _asked_for(self, form: Format) -> None:
        session = self.server.session
        try:
            data = session.edition(form)
        except SpecflowError as fault:
            told = "\n".join(map(str, fault.diagnostics))
            self._answer(HTTPStatus.CONFLICT, f"There is no {form.upper()} edition.\n\n{told}\n".encode())
            return
        how = "inline" if form is Format.PDF else "attachment"
        name = quote(f"{session.stem}.{form}")
        self._answer(HTTPStatus.OK, data, _TYPES[form], {"Content-Disposition": f"{how}; filename*=UTF-8''{name}"})

    def _events(self) -> None:
        """Tell of each state until the browser goes away (server-sent events, HTML Standard 9.2)."""
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        for field, value in {"Content-Type": "text/event-stream", **_ALWAYS}.items():
            self.send_header(field, value)
        self.end_headers()
        session, known = self.server.session, 0
        while not session.is_over:
            shown = session.wait(known, _ALIVE_SECONDS)
            if shown:
                known = shown.number
            text = f"data: {json.dumps(shown.as_json())}\n\n" if shown else ":\n\n"
            self.wfile.write(text.encode())
            self.wfile.flush()

    def _missing(self) -> None:
        self._answer(HTTPStatus.NOT_FOUND, b"there is nothing here\n")

    def _answer(
        self,
        status: HTTPStatus,
        data: bytes,
        kind: str = "text/plain; charset=utf-8",
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        fields = {"Content-Type": kind, "Content-Length": str(len(data)), **_ALWAYS, **(more or {})}
        for field, value in fields.items():
            self.send_header(field, value)
        self.end_headers()
        self.wfile.write(data)
