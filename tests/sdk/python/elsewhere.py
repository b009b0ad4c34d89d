"""A provider that is not the sandbox: a stub upstream on a loopback port, and the catalogue that makes it known.

The catalogue's file format is the product's; this is the one place of the suite that spells it.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL = "elsewhere-chat"
CREDENTIAL_VARIABLE = "ELSEWHERE_API_KEY"

CONFIG = """
[catalog]
file = "{path}"
"""

CATALOG = """\
[[providers]]
name = "elsewhere"
kind = "openai_compatible"
base_url = "{url}/v1"
credential.env = "ELSEWHERE_API_KEY"

[[models]]
id = "elsewhere-chat"
model_type = "chat"
display_name = "Elsewhere Chat"
owned_by = "elsewhere"
context_length = 8192
max_output_tokens = 4096
capabilities = ["chat", "streaming"]
prices.input = "1.00"
prices.output = "2.00"
pricing_unit = "per_million_tokens"
min_tier = "free"

[[deployments]]
model = "elsewhere-chat"
provider = "elsewhere"
upstream_model = "elsewhere-1"
"""


class Upstream:
    """Responds to a chat, remembers what it was sent, and repeats the credential in its errors, as some providers do."""

    def __init__(self):
        self.seen = []
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                upstream.seen.append((dict(self.headers), body))
                if "REFUSE" in json.dumps(body):
                    said = f"Incorrect API key provided: {self.headers['Authorization']}"
                    return self.response(401, {"error": {"message": said, "type": "invalid_request_error", "code": "x"}})
                message = {"role": "assistant", "content": "from elsewhere"}
                self.response(
                    200,
                    {
                        "id": "chatcmpl-elsewhere",
                        "object": "chat.completion",
                        "created": 1_700_000_000,
                        "model": body["model"],
                        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
                    },
                )

            def response(self, status, document):
                data = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def make_known(installation, upstream, credential):
    """Write the catalogue into the installation's folder and the credential into its environment."""
    path = installation.root / "catalog.toml"
    path.write_text(CATALOG.format(url=upstream.url))
    installation.config.write_text(installation.config.read_text() + CONFIG.format(path=path))
    installation.env[CREDENTIAL_VARIABLE] = credential
