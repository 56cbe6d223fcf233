#!/usr/bin/env python3
"""An agent in the Python standard library, written from docs/agent-protocol.md alone.

    python3 agent.py /path/to/agent.sock

It adds `x-python: hello` to each request, blocks every path under /blocked, and reads the body of each
POST to refuse those that contain the word `forbidden`. Events run on one thread per connection.
"""

import os
import socket
import struct
import sys
import threading

VERSION = 1
MAGIC = 0x534C5647
FRAME_MAX = 262_144
CALL_CREDIT, CONNECTION_CREDIT, CALLS_MAX = 262_144, 4_194_304, 1_000

HELLO, CONFIGURE, HEALTH, DRAIN, CANCEL, PROXY_CREDIT = range(0x01, 0x07)
WELCOME, CONFIGURED, HEALTH_REPORT, LEAVING, ENDED, AGENT_CREDIT = range(0x81, 0x87)
REQUEST_HEADERS, REQUEST_BODY, RESPONSE_HEADERS, RESPONSE_BODY, _, REQUEST_COMPLETE = range(0x10, 0x16)
DECISION = 0x90
CRITICAL, END, LAST, NO_REPLY = 0x01, 0x02, 0x04, 0x08
ALLOW, BLOCK, NEEDS_MORE = 0, 1, 4
WANTED = 0x01 | 0x02  # request_headers, request_body


class Broken(Exception):
    """The proxy said something against the protocol: the connection is closed."""


class Reader:
    """Reads fields from one payload; never past its end."""

    def __init__(self, payload):
        self.payload, self.at = payload, 0

    def take(self, count):
        if count > len(self.payload) - self.at:
            raise Broken("a field reaches past its frame")
        self.at += count
        return self.payload[self.at - count : self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def text(self):
        return self.take(self.number(2)).decode("latin-1")

    def fields(self):
        return [(self.text(), self.text()) for _ in range(self.number(2))]


def text(value, encoding="latin-1"):
    data = value.encode(encoding)
    return struct.pack(">H", len(data)) + data


def decision(event, verdict=ALLOW, status=0, mutations=(), tags=(), body=b""):
    payload = struct.pack(">BBHHHHi", event, verdict, status, len(mutations), 0, len(tags), 0)
    for operation, name, value in mutations:
        payload += struct.pack(">BB", operation, 0) + text(name) + text(value)
    payload += b"".join(text(tag, "utf-8") for tag in tags)
    if verdict == BLOCK:
        payload += struct.pack(">H", 1) + text("content-type") + text("text/plain")
        payload += struct.pack(">I", len(body)) + body
    return payload


class Call:
    def __init__(self, flags):
        self.only_request = bool(flags & LAST)
        self.reading = False
        self.tail = b""
        self.unconsumed = 0


class Connection:
    def __init__(self, sock):
        self.sock = sock
        self.stream = sock.makefile("rb")
        self.calls = {}
        self.greeted = self.draining = False
        self.owed = 0

    def send(self, kind, call, payload, flags=0):
        self.sock.sendall(struct.pack(">IBBI", len(payload), kind, flags, call) + payload)

    def serve(self):
        try:
            while not (self.draining and not self.calls):
                header = self.stream.read(10)
                if len(header) < 10:
                    break
                length, kind, flags, call = struct.unpack(">IBBI", header)
                if length > FRAME_MAX:
                    raise Broken("a frame of %d bytes" % length)
                self.receive(kind, flags, call, self.stream.read(length))
        except (Broken, OSError, struct.error) as problem:
            print("connection closed:", problem, file=sys.stderr)
        finally:
            self.stream.close()
            self.sock.close()

    def receive(self, kind, flags, call, payload):
        fields = Reader(payload)
        if not self.greeted:
            if kind != HELLO:
                raise Broken("no greeting")
            self.hello(fields)
        elif kind == CONFIGURE:
            self.send(CONFIGURED, 0, fields.take(4) + struct.pack(">H", 0))
            return
        elif kind == HEALTH:
            self.send(HEALTH_REPORT, 0, fields.take(8) + b"\x00" + text(""))
        elif kind == DRAIN:
            self.draining = True
        elif kind == CANCEL:
            if call in self.calls:
                self.send(ENDED, call, text(""))
                self.over(call)
        elif kind == REQUEST_HEADERS:
            self.request(fields, flags, call)
        elif kind == REQUEST_BODY:
            self.chunk(payload, flags, call)
            return
        elif kind == REQUEST_COMPLETE:
            if flags & LAST and call in self.calls:
                self.over(call)
            return
        elif kind not in (PROXY_CREDIT, RESPONSE_HEADERS, RESPONSE_BODY):
            if flags & CRITICAL:
                raise Broken("type %d is not known" % kind)
            return
        else:
            return
        if flags & CRITICAL and fields.at < len(payload):
            raise Broken("fields that are not known")

    def hello(self, fields):
        if fields.number(4) != MAGIC:
            raise Broken("not a greeting")
        lowest, highest = fields.number(2), fields.number(2)
        events = fields.number(4)
        fields.take(16)
        fields.text()
        version = VERSION if lowest <= VERSION <= highest else 0
        self.send(
            WELCOME,
            0,
            struct.pack(">HIIIII", version, WANTED & events, 0, CALL_CREDIT, CONNECTION_CREDIT, CALLS_MAX)
            + text("python"),
        )
        if not version:
            raise Broken("no version in common")
        self.greeted = True

    def request(self, fields, flags, call):
        fields.take(fields.number(1))  # request id
        fields.take(6)  # deadline, version, TLS
        fields.take(fields.number(1))  # client address
        fields.take(2)
        _route, method, _authority, _raw, path = (fields.text() for _ in range(5))
        length = fields.number(2)
        if length != 0xFFFF:
            fields.take(length)
        fields.fields()
        if len(self.calls) >= CALLS_MAX:
            self.send(ENDED, call, text("too many calls"))
            return
        self.calls[call] = Call(flags)
        if flags & NO_REPLY:
            return
        if path == "/blocked" or path.startswith("/blocked/"):
            self.decide(call, BLOCK, 403, tags=["path"], body=b"Not here.\n")
        elif method == "POST" and not flags & END:
            self.calls[call].reading = True
            self.send(DECISION, call, decision(REQUEST_HEADERS, NEEDS_MORE))
        else:
            self.allow(call)

    def chunk(self, payload, flags, call):
        known = self.calls.get(call)
        if known is None or not known.reading:
            self.consumed(len(payload))
            return
        if b"forbidden" in known.tail + payload:
            self.consumed(len(payload))
            self.decide(call, BLOCK, 403, tags=["body"], body=b"Forbidden word.\n")
            return
        known.tail = (known.tail + payload)[-8:]
        known.unconsumed += len(payload)
        self.consumed(len(payload))
        if flags & END:
            self.allow(call)
        elif known.unconsumed >= CALL_CREDIT // 2:
            self.send(AGENT_CREDIT, call, struct.pack(">I", known.unconsumed))
            known.unconsumed = 0

    def consumed(self, count):
        self.owed += count
        if self.owed >= CONNECTION_CREDIT // 2:
            self.send(AGENT_CREDIT, 0, struct.pack(">I", self.owed))
            self.owed = 0

    def allow(self, call):
        self.decide(call, ALLOW, mutations=[(0, "x-python", "hello")])

    def decide(self, call, verdict, status=0, **more):
        """The final decision: this agent needs no more of the call."""
        self.send(DECISION, call, decision(REQUEST_HEADERS, verdict, status, **more), LAST)
        self.over(call)

    def over(self, call):
        del self.calls[call]


def main(path):
    if os.path.exists(path):
        os.unlink(path)
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(64)
    print("ready", flush=True)
    while True:
        sock, _ = server.accept()
        threading.Thread(target=Connection(sock).serve, daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1])
