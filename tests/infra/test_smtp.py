"""Mails over SMTP, handed to a real server."""

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.core.config import Settings, SettingsError
from app.core.mail import Mail, MailError, mask_address
from app.infra.mail import (
    FileSender,
    SmtpSender,
    TlsMode,
    create_sender,
    parse_address,
    parse_mailbox,
)
from tests.infra.smtp_server import (
    HOST,
    SECRET,
    Mailbox,
    check_password,
    find_closed_port,
    make_mail,
    make_sender,
    serve,
    serve_silence,
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for the server's address that vouches for itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test mail server")])
    now = datetime.now(UTC)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False
        )
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trust(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


async def refusal(sender: SmtpSender, mail: Mail) -> MailError:
    with pytest.raises(MailError) as caught:
        await sender.send(mail)
    assert SECRET not in str(caught.value)
    assert mail.to not in str(caught.value)
    assert caught.value.__suppress_context__
    return caught.value


async def test_the_mail_arrives_as_text_and_html() -> None:
    mailbox = Mailbox()
    mail = make_mail()
    async with serve(mailbox) as port:
        await make_sender(port).send(mail)
    [envelope] = mailbox.envelopes
    assert envelope.mail_from == "questboard@play.example.org"
    assert envelope.rcpt_tos == ["ada@example.org"]
    message = mailbox.read()
    assert message["From"] == "Questboard <questboard@play.example.org>"
    assert message["To"] == "ada@example.org"
    assert message["Subject"] == "Hello"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{mail.key}@play.example.org>"
    assert abs(message["Date"].datetime - datetime.now(UTC)) < timedelta(minutes=1)
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert html.get_content_type() == "text/html"
    assert f"text {SECRET}" in text.get_content()
    assert f"html {SECRET}" in html.get_content()


async def test_a_mail_sent_twice_bears_the_same_message_id() -> None:
    mailbox = Mailbox()
    mail = make_mail()
    async with serve(mailbox) as port:
        await make_sender(port).send(mail)
        await make_sender(port).send(mail)
    assert mailbox.read(0)["Message-ID"] == mailbox.read(1)["Message-ID"]
    assert make_mail().key != mail.key


async def test_a_subject_and_a_long_line_outside_ascii_arrive() -> None:
    mailbox = Mailbox()
    mail = replace(make_mail(subject="Bestätige die Adresse ✓"), text="ü" * 2000 + "\n")
    async with serve(mailbox) as port:
        await make_sender(port).send(mail)
    assert mailbox.read()["Subject"] == "Bestätige die Adresse ✓"
    [text, _] = mailbox.read().iter_parts()
    assert text.get_content().strip() == "ü" * 2000


async def test_a_domain_outside_ascii_needs_nothing_of_the_server() -> None:
    mailbox = Mailbox()
    async with serve(mailbox, enable_SMTPUTF8=False) as port:
        await make_sender(port).send(make_mail("ada@straße.de"))
    # By IDNA 2008: the old form, strasse.de, is somebody else's.
    assert mailbox.envelopes[0].rcpt_tos == ["ada@xn--strae-oqa.de"]


async def test_a_local_part_outside_ascii_needs_smtputf8() -> None:
    mailbox = Mailbox()
    async with serve(mailbox, enable_SMTPUTF8=True) as port:
        await make_sender(port).send(make_mail("jürgen@example.org"))
    assert mailbox.envelopes[0].rcpt_tos == ["jürgen@example.org"]
    assert mailbox.envelopes[0].smtp_utf8
    async with serve(mailbox, enable_SMTPUTF8=False) as port:
        error = await refusal(make_sender(port), make_mail("jürgen@example.org"))
    assert error.permanent
    assert len(mailbox.envelopes) == 1


@pytest.mark.parametrize(
    "to",
    [
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org\nBcc: eve@example.org",
        "ada@example.org, eve@example.org",
        "ada@example.org> NOTIFY=NEVER",
        "Ada <ada@example.org>",
        "ada@example.org\x00",
        "ada@example.org\n",
        "ada\ud800@example.org",
        "ada",
        "@example.org",
        "",
    ],
)
async def test_what_is_not_one_address_is_refused_for_good(to: str) -> None:
    mailbox = Mailbox()
    async with serve(mailbox) as port:
        with pytest.raises(MailError) as caught:
            await make_sender(port).send(make_mail(to))
    assert caught.value.permanent
    assert mailbox.tries == 0


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\x00", "\ud800"])
async def test_no_header_can_be_smuggled_in_by_the_subject(end: str) -> None:
    mailbox = Mailbox()
    async with serve(mailbox) as port:
        mail = make_mail(subject=f"Hello{end}Bcc: eve@example.org")
        assert (await refusal(make_sender(port), mail)).permanent
    assert mailbox.tries == 0


async def test_a_body_that_no_encoding_can_hold_is_refused_for_good() -> None:
    mail = replace(make_mail(), text="\ud800")
    assert (await refusal(make_sender(1), mail)).permanent


async def test_a_body_can_not_end_the_mail_early() -> None:
    mailbox = Mailbox()
    text = "one\n.\nRSET\n..two\n"
    async with serve(mailbox) as port:
        await make_sender(port).send(replace(make_mail(), text=text))
    [part, _] = mailbox.read().iter_parts()
    assert part.get_content().splitlines() == text.splitlines()


async def test_starttls_and_login(server_tls: ssl.SSLContext, trust: ssl.SSLContext) -> None:
    mailbox = Mailbox()
    options: dict[str, Any] = {
        "tls_context": server_tls,
        "require_starttls": True,
        "auth_required": True,
    }
    async with serve(mailbox, authenticator=check_password, **options) as port:
        sender = make_sender(
            port, tls=TlsMode.STARTTLS, username="quest", password="board", tls_context=trust
        )
        await sender.send(make_mail())
    [session] = mailbox.sessions
    assert session.ssl is not None
    assert session.authenticated


async def test_a_refused_login_is_permanent(
    server_tls: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    mailbox = Mailbox()
    options: dict[str, Any] = {
        "tls_context": server_tls,
        "auth_required": True,
        "authenticator": check_password,
    }
    async with serve(mailbox, **options) as port:
        sender = make_sender(
            port, tls=TlsMode.STARTTLS, username="quest", password="wrong", tls_context=trust
        )
        error = await refusal(sender, make_mail())
    assert error.permanent
    assert str(error) == "the server answered 535 5.7.8 (AuthenticationError)"
    assert mailbox.tries == 0


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    server_tls: ssl.SSLContext,
) -> None:
    mailbox = Mailbox()
    async with serve(mailbox, tls_context=server_tls) as port:
        await refusal(make_sender(port, tls=TlsMode.STARTTLS), make_mail())
    assert mailbox.tries == 0


async def test_starttls_is_not_given_up_when_the_server_lacks_it() -> None:
    mailbox = Mailbox()
    async with serve(mailbox) as port:
        error = await refusal(make_sender(port, tls=TlsMode.STARTTLS), make_mail())
    assert error.permanent
    assert "STARTTLS" in str(error)
    assert mailbox.tries == 0


async def test_tls_from_the_start(server_tls: ssl.SSLContext, trust: ssl.SSLContext) -> None:
    mailbox = Mailbox()
    async with serve(mailbox, tls=server_tls) as port:
        sender = make_sender(port, tls=TlsMode.TLS, tls_context=trust)
        await sender.send(make_mail())
    assert len(mailbox.envelopes) == 1


async def test_a_server_that_is_down_is_transient() -> None:
    error = await refusal(make_sender(await find_closed_port()), make_mail())
    assert not error.permanent


async def test_a_server_that_says_nothing_is_transient() -> None:
    async with serve_silence() as port:
        error = await refusal(make_sender(port, timeout=0.02), make_mail())
    assert not error.permanent


@pytest.mark.parametrize(
    ("answer", "permanent", "reason"),
    [
        (f"451 4.7.1 Greylisted {SECRET}", False, "the server answered 451 4.7.1 (DataError)"),
        (f"550 5.7.1 Spam {SECRET}", True, "the server answered 550 5.7.1 (DataError)"),
        (f"554 {SECRET}", True, "the server answered 554 (DataError)"),
    ],
)
async def test_the_answer_to_the_body_says_whether_to_try_again(
    answer: str, permanent: bool, reason: str
) -> None:
    async with serve(Mailbox(data_answers=[answer])) as port:
        error = await refusal(make_sender(port), make_mail())
    assert error.permanent is permanent
    assert str(error) == reason


@pytest.mark.parametrize(("code", "permanent"), [(450, False), (550, True)])
async def test_the_answer_to_the_recipient_says_whether_to_try_again(
    code: int, permanent: bool
) -> None:
    mailbox = Mailbox(rcpt_answers=[f"{code} no ada@example.org here"])
    async with serve(mailbox) as port:
        error = await refusal(make_sender(port), make_mail())
    assert error.permanent is permanent
    assert str(error) == f"the server answered {code} (RecipientRefused)"


def test_a_mail_shows_neither_its_body_nor_its_address() -> None:
    shown = f"{make_mail()!r} {make_mail()}"
    assert SECRET not in shown
    assert "ada@" not in shown
    assert repr(make_mail()) == "Mail(to='a***@example.org', subject='Hello')"


@pytest.mark.parametrize(
    ("address", "masked"),
    [("ada@example.org", "a***@example.org"), ("@x", "***@x"), ("ada", "***"), ("", "***")],
)
def test_addresses_are_masked(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("Questboard <questboard@localhost>", "Questboard", "questboard@localhost"),
        ("questboard@school.local", "", "questboard@school.local"),
        ('"Quests, Inc." <q@x.de>', "Quests, Inc.", "q@x.de"),
        ("Schüler <post@müller.de>", "Schüler", "post@xn--mller-kva.de"),
    ],
)
def test_mailboxes_are_read(value: str, name: str, address: str) -> None:
    mailbox = parse_mailbox(value)
    assert (mailbox.display_name, mailbox.addr_spec) == (name, address)


@pytest.mark.parametrize(
    "value",
    [" ", "Questboard", "a@x.de, b@x.de", "Q <a@x.de", "Q <a@x.de>\r\nBcc: b@x.de", "<>", "é@x.de"],
)
def test_what_is_no_mailbox_stops_the_start(value: str) -> None:
    with pytest.raises(SettingsError, match=r"^MAIL_FROM: "):
        create_sender(Settings(_env_file=None, mail_from=value, mail_server="mail"))


def test_plain_addresses_need_no_public_domain() -> None:
    assert parse_address("a.b+c@localhost") == Address(username="a.b+c", domain="localhost")


def test_the_settings_choose_the_sender() -> None:
    assert isinstance(create_sender(Settings(_env_file=None, mail_server=None)), FileSender)
    settings = Settings(_env_file=None, mail_server="mail", mail_username="a", mail_password="b")
    assert isinstance(create_sender(settings), SmtpSender)
