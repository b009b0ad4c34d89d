"""Who stands around an installation: a mailbox, an identity provider, and somebody who scans for secrets. All on loopback."""

import base64
import email
import email.policy
import json
import queue
import re
import socketserver
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MAIL_SECONDS = 20
LINK = re.compile(r"https://\S+?#([\w-]+)")


class Mailbox(socketserver.ThreadingTCPServer):
    """As much of SMTP as one mail needs."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Smtp)
        self.mails = queue.Queue()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def token(self):
        """The token of the link in the next mail."""
        mail = email.message_from_bytes(self.mails.get(timeout=MAIL_SECONDS), policy=email.policy.default)
        return LINK.search(mail.get_body(("plain",)).get_content())[1]


class Smtp(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 mailbox")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.say("354 go on")
                self.server.mails.put(self.message())
            self.say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def message(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


class IdentityProvider(ThreadingHTTPServer):
    """As much of OAuth 2 as a sign-in needs: a code is whom it is of."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), OAuth)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class OAuth(BaseHTTPRequestHandler):
    def do_POST(self):
        form = self.rfile.read(int(self.headers["content-length"])).decode()
        self.response({"access_token": re.search(r"code=([\w-]+)", form)[1], "token_type": "bearer"})

    def do_GET(self):
        person = self.headers["authorization"].split()[1]
        self.response({"id": person, "email": f"{person}@example.test", "email_verified": True, "name": person})

    def response(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Scanner:
    """Signs reports of leaked keys, with the `openssl` that every system has."""

    ID = "scanner"

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.secret, self.public = folder / "scanner.key", folder / "scanner.pem"
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.secret)
        openssl("ec", "-in", self.secret, "-pubout", "-out", self.public)

    def sign(self, text):
        return base64.b64encode(openssl("dgst", "-sha256", "-sign", self.secret, given=text.encode())).decode()


def openssl(*arguments, given=b""):
    return subprocess.run(["openssl", *map(str, arguments)], input=given, capture_output=True, check=True, timeout=20).stdout
