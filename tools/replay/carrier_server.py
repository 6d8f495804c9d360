"""A loopback server that answers polls with the samples: `/<code>/…` is that carrier's API.

A request is matched to its sample by the tracking number it mentions, wherever that carrier puts it. Every answer comes
with status 200, errors too, so that the plug-in reads every sample's bytes. A request for a token gets one.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

_TOKEN = json.dumps({"access_token": "replayed", "token_type": "Bearer", "expires_in": 14399}).encode()


@contextmanager
def answering(answers: Mapping[str, Mapping[str, bytes]]) -> Iterator[int]:
    """Serve until the block ends; gives the port.

    Args:
        answers: Bodies by tracking number, by carrier code.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

        def _answer(self, said: str) -> None:
            code = self.path.split("/")[1]
            asked = f"{unquote(self.path)} {said}"
            known = (body for number, body in answers.get(code, {}).items() if number in asked)
            body = _TOKEN if "/oauth" in self.path else next(known, None)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
