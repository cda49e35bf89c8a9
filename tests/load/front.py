"""nginx in front of servers, with the file that an office would use (``deploy/nginx.conf``)."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.load.server import Server, Watched, serving

DEPLOY = Path(__file__).parents[2] / "deploy"
CERTIFICATE = "board.crt"
MAIN = """daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/board.conf;
}}
"""


@dataclass
class Front:
    """Servers behind one address; what they do is told as of one server."""

    address: str
    servers: Sequence[Server]

    def busy(self) -> float:
        """Seconds of the processor that all of them have used."""
        return sum(server.busy() for server in self.servers)

    def memory(self) -> int:
        """Bytes that their own processes hold."""
        return sum(server.memory() for server in self.servers)

    def faults(self) -> list[str]:
        """Lines of their logs that speak of an error."""
        return [line for server in self.servers for line in server.faults()]


def program() -> str | None:
    """Where nginx is; None where this machine has none."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


@contextmanager
def fronting(servers: Sequence[Server], folder: Path) -> Iterator[Front]:
    """nginx before one or two servers; its certificate is ``CERTIFICATE`` in the folder."""
    found = program()
    if found is None:
        raise RuntimeError("no nginx on this machine")
    folder.mkdir(parents=True, exist_ok=True)
    certificate(folder)
    front = Front(f"https://localhost:{free_port()}", servers)
    process = proxy(found, front.address, [server.address for server in servers], folder)
    try:
        yield front
    finally:
        process.terminate()
        process.wait()


@contextmanager
def processes(number: int, folder: Path, beside: psutil.Process | None = None) -> Iterator[Front]:
    """So many fresh processes on the database of the environment, behind nginx; ``beside`` as in ``serving``."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(serving(log=folder / f"server{number}{one}.log", beside=None if one else beside))
            for one in range(number)
        ]
        front = stack.enter_context(fronting(servers, folder / f"nginx{number}"))
        with pytest.MonkeyPatch.context() as patch:  # what speaks to it has to know its certificate
            for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
                patch.setenv(name, str(folder / f"nginx{number}" / CERTIFICATE))
            yield front


@contextmanager
def board(number: int, folder: Path) -> Iterator[Watched]:
    """The board in one process, or in so many behind nginx."""
    folder.mkdir(parents=True)
    if number == 1:
        with serving(log=folder / "server.log") as server:
            yield server
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREET_TRUSTED_PROXIES", '["127.0.0.1", "::1"]')
        patch.setenv("STREAMLIT_SERVER_COOKIE_SECRET", "of all processes")
        with processes(number, folder) as front:
            yield front


def each(server: Watched) -> Sequence[Watched]:
    """The processes of a board."""
    return server.servers if isinstance(server, Front) else (server,)


def proxy(found: str, address: str, behind: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    """nginx with the file of ``deploy``: only its ports and the place of the certificate are this machine's own."""
    written = (DEPLOY / "nginx.conf").read_text()
    own = {"listen 80;": f"listen {free_port()};", "listen 443 ssl;": f"listen {address.rsplit(':', 1)[1]} ssl;",
           "/etc/ssl/street-board": str(folder)}  # fmt: skip
    lines = [f"    server 127.0.0.1:{port} max_fails=1 fail_timeout=5s;\n" for port in (8501, 8502)]
    for number, line in enumerate(lines):
        here = behind[number].split("//")[1] if number < len(behind) else None
        own[line] = "" if here is None else line.replace(f"127.0.0.1:{8501 + number}", here)
    for shipped, here in own.items():
        assert shipped in written
        written = written.replace(shipped, here)
    (folder / "board.conf").write_text(written)
    (folder / "main.conf").write_text(MAIN.format(folder=folder))
    command = [found, "-p", str(folder), "-c", str(folder / "main.conf"), "-e", "stderr"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0 and "warn" not in checked.stderr, checked.stderr
    with (folder / "nginx.log").open("wb") as log:
        return subprocess.Popen(command, stderr=log)


def certificate(folder: Path) -> None:
    """A certificate of our own for localhost, as ``board.crt`` and ``board.key``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / CERTIFICATE).write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "board.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])
