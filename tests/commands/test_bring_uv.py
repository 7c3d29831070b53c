"""uv is brought from a package index without pip: from a tiny index in this process."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from commands.bring_uv import BringError, bring, choose, find_index, main, read_page, unpack

LINUX = "manylinux_2_17_x86_64.manylinux2014_x86_64"
ARM = "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"
PROGRAM = b"#!/bin/sh\necho uv 0.13.8\n"


def wheel(version: str, tags: str) -> str:
    return f"https://files.example.org/uv-{version}-py3-none-{tags}.whl#sha256=00"


def packed(program: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("uv/__init__.py", "")
        archive.writestr("uv-0.13.8.data/scripts/uv", program)
        archive.writestr("uv-0.13.8.data/scripts/uvx", b"not this one")
    return buffer.getvalue()


class Index(ThreadingHTTPServer):
    """Serves what ``pages`` holds, and remembers who asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, bytes] = {}
        self.logins: list[str | None] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Index)
        self.server.logins.append(self.headers["Authorization"])
        body = self.server.pages.get(self.path)
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def index() -> Iterator[Index]:
    with Index() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def offer(index: Index, content: bytes, sha256: str) -> None:
    name = f"uv-0.13.8-py3-none-{LINUX}.whl"
    link = f'<a href="../../files/{name}#sha256={sha256}" data-requires-python=">=3.8">{name}</a>'
    index.pages = {"/simple/uv/": link.encode(), f"/files/{name}": content}


@pytest.mark.parametrize(
    ("family", "machine", "tags"),
    [
        ("manylinux", "x86_64", LINUX),
        ("manylinux", "aarch64", ARM),
        ("musllinux", "aarch64", ARM),
        ("musllinux", "x86_64", "musllinux_1_1_x86_64"),
        ("macosx", "arm64", "macosx_11_0_arm64"),
        ("macosx", "x86_64", "macosx_10_12_x86_64"),
    ],
)
def test_chooses_the_wheel_of_the_platform(family: str, machine: str, tags: str) -> None:
    every = (
        LINUX,
        ARM,
        "musllinux_1_1_x86_64",
        "macosx_11_0_arm64",
        "macosx_10_12_x86_64",
        "win32",
    )
    assert choose([wheel("0.13.8", each) for each in every], family, machine) == wheel(
        "0.13.8", tags
    )


def test_chooses_the_newest_final_release_in_the_range() -> None:
    versions = ("0.9.0", "0.13.10", "0.13.9", "0.14.0", "0.13.11rc1", "1.0.0", "0.8.99")
    links = [wheel(version, LINUX) for version in versions]
    assert choose(links, "manylinux", "x86_64") == wheel("0.13.10", LINUX)


def test_says_that_no_wheel_suits() -> None:
    with pytest.raises(BringError, match="no uv for musllinux on riscv64"):
        choose([wheel("0.13.8", LINUX)], "musllinux", "riscv64")


def test_reads_links_but_not_the_yanked() -> None:
    page = """
        <a href="https://files.example.org/a.whl?x=1&amp;y=2#sha256=1" data-x=">=3.8">a</a>
        <a data-requires-python=">=3.8" href='../../b.whl#sha256=2'
           class="x">b</a>
        <a href="c.whl" data-requires-python=">=3.8" data-yanked="broken">c</a> <a name="top">d</a>
    """
    assert read_page(page, "https://pypi.org/simple/uv/") == [
        "https://files.example.org/a.whl?x=1&y=2#sha256=1",
        "https://pypi.org/b.whl#sha256=2",
    ]


def test_finds_the_index_where_uv_and_pip_keep_it(tmp_path: Path) -> None:
    config, other = tmp_path / "pip.conf", tmp_path / "other.conf"
    config.write_text("[global]\nindex-url = https://conf.example.org/%7Eme/simple/\n")
    other.write_text("[global]\nindex-url = https://other.example.org/simple\n")
    files = [tmp_path / "none.conf", config, other]
    assert find_index({}, []) == "https://pypi.org/simple"
    assert find_index({}, files) == "https://conf.example.org/%7Eme/simple"
    pip = {"PIP_INDEX_URL": "https://pip.example.org/simple/"}
    assert find_index(pip, files) == "https://pip.example.org/simple"
    uv = {"UV_DEFAULT_INDEX": "mine=https://uv.example.org/simple"}
    assert find_index(pip | uv, files) == "https://uv.example.org/simple"


def test_brings_a_program_that_runs(index: Index, tmp_path: Path) -> None:
    content = packed(PROGRAM)
    offer(index, content, hashlib.sha256(content).hexdigest())
    target = tmp_path / "bin" / "uv"
    bring(f"http://{index.host}/simple", "manylinux", "x86_64", target)
    assert target.read_bytes() == PROGRAM
    assert target.stat().st_mode & 0o777 == 0o755
    assert list(target.parent.iterdir()) == [target]
    assert index.logins == [None, None]


def test_shows_its_credentials_to_the_index(index: Index, tmp_path: Path) -> None:
    content = packed(PROGRAM)
    offer(index, content, hashlib.sha256(content).hexdigest())
    bring(f"http://me:p%40ss@{index.host}/simple", "manylinux", "x86_64", tmp_path / "uv")
    assert index.logins == ["Basic " + base64.b64encode(b"me:p@ss").decode()] * 2


def test_hides_its_credentials_from_other_hosts(index: Index, tmp_path: Path) -> None:
    with Index() as files:
        thread = Thread(target=files.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        content = packed(PROGRAM)
        offer(files, content, hashlib.sha256(content).hexdigest())
        page = files.pages["/simple/uv/"].replace(b"../../", f"http://{files.host}/".encode())
        index.pages = {"/simple/uv/": page}
        bring(f"http://me:secret@{index.host}/simple", "manylinux", "x86_64", tmp_path / "uv")
        files.shutdown()
        thread.join()
    assert files.logins == [None]


def test_refuses_a_wheel_with_another_hash(index: Index, tmp_path: Path) -> None:
    offer(index, packed(b"something else"), hashlib.sha256(packed(PROGRAM)).hexdigest())
    with pytest.raises(BringError, match="SHA-256"):
        bring(f"http://{index.host}/simple", "manylinux", "x86_64", tmp_path / "uv")
    assert list(tmp_path.iterdir()) == []


def test_refuses_a_wheel_without_a_hash(tmp_path: Path) -> None:
    with pytest.raises(BringError, match="SHA-256"):
        unpack(packed(PROGRAM), "", tmp_path / "uv")


def test_fails_in_one_line(
    index: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for address in (f"http://{index.host}/nothing", "file:///etc"):
        monkeypatch.setenv("UV_DEFAULT_INDEX", address)
        assert main(str(tmp_path / "uv")) == 1
        assert capsys.readouterr().err.startswith("uv could not be brought: ")
        assert main("--index") == 0
        assert capsys.readouterr().out == f"{address}\n"
