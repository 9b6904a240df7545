"""A mail server in the process that speaks what SMTP clients need, keeps what it is given, and can misbehave."""

import socketserver
import ssl
import threading
from base64 import b64decode
from dataclasses import dataclass, field


@dataclass
class Manners:
    """How the server behaves: what it offers, and what it answers at each step."""

    tls: ssl.SSLContext | None = None
    is_wrapped: bool = False
    password: str = ""
    greeting: str = "220 double ready"
    rcpt: str = "250 fine"
    data: str = "354 go on"
    taken: str = "250 taken"
    quit: str = "221 bye"
    hangs_up_after_data: bool = False
    is_silent: bool = False


@dataclass
class Kept:
    """One mail as it came: the envelope and the bytes, and whether they came encrypted."""

    sender: str
    readers: list[str]
    data: bytes
    was_encrypted: bool


@dataclass
class Talk:
    sender: str = ""
    readers: list[str] = field(default_factory=list)
    is_encrypted: bool = False
    is_known: bool = False


class Handler(socketserver.StreamRequestHandler):
    server: "SmtpDouble"

    def handle(self) -> None:
        self.talk, self.manners = Talk(), self.server.manners
        if self.manners.is_silent:
            self.server.stopped.wait(10)
            return
        if self.manners.is_wrapped:
            self._encrypt()
        self._say(self.manners.greeting)
        while line := self.rfile.readline():
            self.server.lines.append(line.decode("ascii", "replace").strip())
            if not self._answer(line.decode().strip()):
                return

    def _answer(self, line: str) -> bool:
        verb = line.upper().split(" ")[0]
        if verb == "QUIT":
            self._say(self.manners.quit)
            return False
        if verb == "DATA":
            return self._take()
        if verb == "STARTTLS":
            self._say("220 go on")
            self._encrypt()
            return True
        self._say(getattr(self, f"_{verb.lower()}", lambda _: "502 what")(line))
        return True

    def _ehlo(self, _: str) -> str:
        offers = ["250-double"]
        if self.manners.tls and not self.talk.is_encrypted:
            offers.append("250-STARTTLS")
        return "\r\n".join([*offers, "250 AUTH PLAIN"])

    def _auth(self, line: str) -> str:
        self.talk.is_known = b64decode(line.split(" ")[2]).decode().split("\0")[2] == self.manners.password
        return "235 welcome" if self.talk.is_known else "535 no"

    def _mail(self, line: str) -> str:
        self.talk.sender, self.talk.readers = line[10:].partition(" ")[0].strip("<>"), []
        return "530 who are you" if self.manners.password and not self.talk.is_known else "250 fine"

    def _rcpt(self, line: str) -> str:
        if self.manners.rcpt.startswith("250"):
            self.talk.readers.append(line[8:].strip("<>"))
        return self.manners.rcpt

    def _rset(self, _: str) -> str:
        return "250 fine"

    def _take(self) -> bool:
        self._say(self.manners.data)
        if not self.manners.data.startswith("354"):
            return True
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self.manners.taken.startswith("250"):
            self.server.kept.append(Kept(self.talk.sender, self.talk.readers, b"".join(lines), self.talk.is_encrypted))
        if self.manners.hangs_up_after_data:
            return False
        self._say(self.manners.taken)
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _encrypt(self) -> None:
        assert self.manners.tls is not None
        self.connection = self.manners.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        self.talk.is_encrypted = True


class SmtpDouble(socketserver.ThreadingTCPServer):
    """`with SmtpDouble() as double:` listens on `double.port` of this machine."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, manners: Manners | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.manners = manners or Manners()
        self.kept: list[Kept] = []
        self.lines: list[str] = []
        self.stopped = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def __enter__(self) -> "SmtpDouble":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """A client that goes away is what these tests are about."""
