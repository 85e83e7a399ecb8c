"""A server on this machine that hands out a file bit by bit, as a camera does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep

PARTS = 100


@contextmanager
def served(content: bytes, *, seconds: float) -> Iterator[str]:
    """Its address; a request takes so many seconds, and no length is told."""
    is_over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "video/mp2t")
            self.end_headers()
            size = max(len(content) // PARTS, 1)
            for start in range(0, len(content), size):
                if is_over.is_set():
                    return
                try:
                    self.wfile.write(content[start : start + size])
                except OSError:
                    return
                sleep(seconds / PARTS)

        def log_message(self, *_words: object) -> None:
            """Nothing is written to the console."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://someone:secret@127.0.0.1:{server.server_port}/live.ts"
    finally:
        is_over.set()
        server.shutdown()
        server.server_close()
