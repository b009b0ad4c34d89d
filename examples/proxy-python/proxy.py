"""A server-side proxy for a page: the page sends messages, the key stays here. Python's standard library only.

    cp .env.example .env     # and put your key into it
    python3 proxy.py

The page sends POST /api/chat {"messages": [...], "model": "..."} and gets the events of the response as they come.
"""

import http.client
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

BODY_BYTES_MAX = 64 * 1024
READ_BYTES_MAX = 1024 * 1024
VISITORS_MAX = 10_000
UPSTREAM_SECONDS = 120


def load_env_file(path=".env"):
    """Sets what the file says and the environment does not."""
    try:
        lines = open(path, encoding="utf-8").read().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))


load_env_file()
API_KEY = os.environ["YUNXIN_API_KEY"]
BASE_URL = urlsplit(os.environ.get("YUNXIN_BASE_URL", "http://127.0.0.1:8080/v1"))
ALLOWED_ORIGINS = set(os.environ.get("ALLOWED_ORIGINS", "http://localhost:3000").split(","))
MODELS = os.environ.get("MODELS", "sandbox-small").split(",")
MAX_TOKENS = int(os.environ.get("MAX_TOKENS", "500"))
REQUESTS_PER_MINUTE = int(os.environ.get("REQUESTS_PER_MINUTE", "10"))


class Limiter:
    """How often each visitor asked this minute. Forgets everybody when the minute is over."""

    def __init__(self, per_minute):
        self.per_minute, self.minute, self.counts = per_minute, 0, {}
        self.lock = threading.Lock()

    def allows(self, visitor):
        with self.lock:
            minute = int(time.time() // 60)
            if minute != self.minute:
                self.minute, self.counts = minute, {}
            count = self.counts.get(visitor, 0)
            if count >= self.per_minute or (count == 0 and len(self.counts) >= VISITORS_MAX):
                return False
            self.counts[visitor] = count + 1
            return True


limiter = Limiter(REQUESTS_PER_MINUTE)


class Refused(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def question(body):
    """What is sent on: only what a page may choose, within our bounds. Never the body as it came."""
    try:
        asked = json.loads(body)
        messages = [{"role": str(one["role"]), "content": str(one["content"])} for one in asked["messages"]]
        model = asked.get("model", MODELS[0])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(400, "send {\"messages\": [{\"role\": ..., \"content\": ...}]}") from None
    if model not in MODELS:
        raise Refused(400, "this model is not offered here")
    return {"model": model, "messages": messages, "max_tokens": MAX_TOKENS, "stream": True}


class Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_OPTIONS(self):
        self.response(204 if self.from_our_page() else 403)

    def do_POST(self):
        self.close_connection = True
        try:
            self.ask(question(self.checked_body()))
        except Refused as refused:
            self.response(refused.status, {"error": {"message": str(refused)}})

    def checked_body(self):
        # Read first, whatever the response: a page whose connection is closed while it sends sees no response.
        length = self.headers.get("Content-Length", "")
        body = self.rfile.read(min(int(length), READ_BYTES_MAX)) if length.isdigit() else b""
        if not length.isdigit() or int(length) > BODY_BYTES_MAX:
            raise Refused(413, f"send at most {BODY_BYTES_MAX} bytes, with Content-Length")
        if self.path != "/api/chat":
            raise Refused(404, "there is only POST /api/chat")
        # Look at the session of your own users here: an origin keeps pages out, not programs.
        if not self.from_our_page():
            raise Refused(403, "this proxy is for other pages")
        if not limiter.allows(self.client_address[0]):
            raise Refused(429, "too many questions; try again in a minute")
        return body

    def from_our_page(self):
        return self.headers.get("Origin") in ALLOWED_ORIGINS

    def ask(self, body):
        connect = http.client.HTTPSConnection if BASE_URL.scheme == "https" else http.client.HTTPConnection
        upstream = connect(BASE_URL.netloc, timeout=UPSTREAM_SECONDS)
        headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
        try:
            upstream.request("POST", f"{BASE_URL.path}/chat/completions", json.dumps(body), headers)
            self.pass_on(upstream.getresponse())
        except (OSError, http.client.HTTPException):
            # Nothing was sent yet, or the page is gone: either way there is nobody to tell more.
            if not self.has_answered:
                raise Refused(502, "the gateway could not be reached") from None
        finally:
            upstream.close()

    has_answered = False

    def pass_on(self, response):
        self.has_answered = True
        self.send_response(response.status)
        self.our_headers()
        for name in ("Content-Type", "Retry-After", "X-Request-Id"):
            if response.headers.get(name):
                self.send_header(name, response.headers[name])
        self.send_header("Connection", "close")
        self.end_headers()
        while piece := response.read1(16 * 1024):
            self.wfile.write(piece)
            self.wfile.flush()

    def response(self, status, body=None):
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.our_headers()
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if self.close_connection:
            # A page that is not told would send its next question on a connection that is closing.
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)

    def our_headers(self):
        self.send_header("Vary", "Origin")
        if self.from_our_page():
            self.send_header("Access-Control-Allow-Origin", self.headers["Origin"])
            self.send_header("Access-Control-Allow-Headers", "content-type")
            self.send_header("Access-Control-Allow-Methods", "POST")


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8090"))), Proxy)
    server.daemon_threads = True
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
