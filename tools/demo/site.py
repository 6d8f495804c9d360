"""The outside world on one loopback port: each vendor's and each store's API under its own prefix."""

import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tools.demo.vendor_api import Call, Reply, in_json

Answer = Callable[[Call], Reply]
NOBODY = in_json({"error": "nobody lives here"}, HTTPStatus.NOT_FOUND)


def serve(apis: Mapping[str, Answer]) -> ThreadingHTTPServer:
    """Answer on a free loopback port until `shutdown`. `apis` by prefix."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            split = urlsplit(self.path)
            _, prefix, path = split.path.split("/", 2)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            call = Call(self.command, f"/{path}", parse_qs(split.query), headers, body)
            self._send(apis[prefix](call) if prefix in apis else NOBODY)

        def _send(self, reply: Reply) -> None:
            try:
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.kind)
                self.send_header("Content-Length", str(len(reply.body)))
                if reply.retry_after is not None:
                    self.send_header("Retry-After", str(reply.retry_after))
                self.end_headers()
                self.wfile.write(reply.body)
            except (BrokenPipeError, ConnectionResetError):  # the caller did not wait for a slow answer
                self.close_connection = True

        do_GET = do_POST = do_PUT = _reply  # noqa: N815 the base class's names

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
