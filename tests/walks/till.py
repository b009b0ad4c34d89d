"""A payment provider for the walks: an epay gateway at which whatever is asked about has been paid."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

# Orders of the walks are all of this much.
CREDITS = "5"
ORDER = {"provider": "alipay", "method": "alipay", "credits": CREDITS}
CONFIG = """
[payments]
allow_private_networks = true

[[payments.providers]]
name = "alipay"
kind = "epay"
url = "{url}"
methods = ["alipay"]
currency = "USD"
merchant_id = "1001"
merchant_key = "a key of the walks"

[invoices]
seller_name = "The operator of the walks"
"""


class Till(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def config(self):
        return CONFIG.format(url=f"http://127.0.0.1:{self.server_address[1]}")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        order = parse_qs(urlsplit(self.path).query).get("out_trade_no", [""])[0]
        told = {
            "code": 1,
            "trade_no": f"T{order}",
            "out_trade_no": order,
            "type": "alipay",
            "pid": 1001,
            "money": f"{CREDITS}.00",
            "status": 1,
        }
        data = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass
