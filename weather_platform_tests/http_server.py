"""The HTTP server with threads of its own, of every stand-in that is not in a test's event loop (see
loopback)."""

from http.server import ThreadingHTTPServer


class LoopbackServer(ThreadingHTTPServer):
    """Takes many connections at once: with five waiting, as usual, each one more waits for seconds."""

    request_queue_size = 128
