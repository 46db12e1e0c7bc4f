"""The mailbox over TLS, against a real server on loopback with a certificate of its own making."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.outbox.imap_server import Mailbox, imap_server, sealed_from_the_start
from tovholder.config.environment import Environment
from tovholder.outbox.mailbox import MailboxError, read_mails

pytestmark = pytest.mark.xdist_group("imap")
MAIL = b"Subject: svar\r\n\r\nJa tak"


def certificate(path: Path, *, name: str = "127.0.0.1") -> Path:
    """Write a key and a certificate that it has signed itself, for one address."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "postkasse i en test")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture(scope="module")
def server(tls: Path) -> Iterator[Mailbox]:
    with imap_server(tls) as box:
        yield box


@pytest.fixture
def mailbox(server: Mailbox) -> Mailbox:
    server.empty()
    server.put(MAIL)
    return server


def read(settings: dict) -> list[bytes]:
    seen: list[bytes] = []
    read_mails(settings, lambda mail: not seen.append(mail), most_bytes=10_000)
    return seen


def test_starttls_reads_and_deletes(mailbox):
    assert read(mailbox.settings) == [MAIL]
    assert mailbox.count("INBOX") == 0


@pytest.fixture(scope="module")
def plain() -> Iterator[Mailbox]:
    with imap_server() as box:
        yield box


def sealed(box: Mailbox, port: int, ca: str) -> dict:
    return {**box.settings, "port": port, "tls": True, "starttls": False, "ca": ca}


def test_tls_from_the_start_reads_and_deletes(plain, tls):
    plain.empty()
    plain.put(MAIL)
    with sealed_from_the_start(plain, tls) as port:
        assert read(sealed(plain, port, str(tls))) == [MAIL]
    assert plain.count("INBOX") == 0


def test_a_server_that_does_not_seal_the_line_gets_no_password(plain, monkeypatch):
    plain.empty()
    plain.put(MAIL)
    monkeypatch.setattr("imaplib.IMAP4.login", lambda *_: pytest.fail("said in clear"))
    with pytest.raises(MailboxError):
        read({**plain.settings, "tls": True, "starttls": True})


def test_a_certificate_that_nobody_vouches_for_is_refused(plain, mailbox, tls, tmp_path):
    other = str(certificate(tmp_path / "other.pem"))
    with sealed_from_the_start(plain, tls) as port:
        for ca in ("", other):
            with pytest.raises(MailboxError, match="SSLCertVerificationError"):
                read(sealed(plain, port, ca))
    for ca in ("", other):
        with pytest.raises(MailboxError, match="SSLCertVerificationError"):
            read({**mailbox.settings, "ca": ca})
    assert mailbox.count("INBOX") == 1


def test_a_certificate_for_another_address_is_refused(plain, tmp_path):
    elsewhere = certificate(tmp_path / "elsewhere.pem", name="192.0.2.7")
    with (
        sealed_from_the_start(plain, elsewhere) as port,
        pytest.raises(MailboxError, match="SSLCertVerificationError"),
    ):
        read(sealed(plain, port, str(elsewhere)))


@pytest.mark.parametrize(
    ("given", "tls", "starttls"), [("1", True, False), ("starttls", True, True), ("0", False, False)]
)
def test_the_settings_say_how(monkeypatch, tmp_path, given, tls, starttls):
    monkeypatch.setenv("IMAP_TLS", given)
    monkeypatch.setenv("IMAP_CA", "/etc/tovholder/mail-ca.pem")
    found = Environment.read(tmp_path).replies
    assert (found["tls"], found["starttls"], found["ca"]) == (tls, starttls, "/etc/tovholder/mail-ca.pem")
