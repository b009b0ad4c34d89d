"""A way to Redis of each server's own, which can be made slow or cut off."""

import contextlib
import socket
import threading
import time

from redis import free_port


class Proxy:
    """Passes bytes on to a port; what comes back may be late, or never come."""

    def __init__(self, target):
        self.target, self.port = target, free_port()
        self.delay, self.is_cut = 0.0, False
        self.connections = []
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/"

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
                except OSError:
                    client.close()
                    continue
                server.settimeout(None)
                self.connections += [client, server]
                threading.Thread(target=self.pump, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self.pump, args=(server, client, True), daemon=True).start()

    def pump(self, source, sink, is_reply):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_reply and self.delay:
                    time.sleep(self.delay)
                while self.is_cut:
                    time.sleep(0.01)
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.is_cut = False
        for one in [self.listener, *self.connections]:
            with contextlib.suppress(OSError):
                one.close()
