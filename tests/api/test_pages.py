"""The pages that a browser opens: everything from here, nothing inline."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from tests.support.service import Service

HOST = "http://testserver"
PAGES = ["/", "/docs"]


class References(HTMLParser):
    """What a page loads or links to, and what it would run or style by itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self._tag = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        for name, value in attrs:
            if name in {"src", "href"} and value:
                self.addresses.append(value)
            if name.startswith("on") or name == "style":
                self.inline.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag in {"script", "style"} and data.strip():
            self.inline.append(data)


async def read(service: Service, page: str) -> References:
    """The references of a page."""
    answer = await service.client().get(f"{HOST}{page}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return References(answer.text)


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_loads_and_links_to_what_is_here_only(service: Service, page: str) -> None:
    references = await read(service, page)

    assert references.addresses
    for address in references.addresses:
        assert not urlsplit(address).netloc
        answer = await service.client().get(urljoin(f"{HOST}{page}", address))
        assert answer.status_code == 200, address


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_has_nothing_inline(service: Service, page: str) -> None:
    assert (await read(service, page)).inline == []


@pytest.mark.parametrize("page", PAGES)
async def test_the_policy_admits_nothing_from_elsewhere_and_nothing_inline(
    service: Service, page: str
) -> None:
    answer = await service.client().get(f"{HOST}{page}")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert not [word for word in ("unsafe", "http:", "https:", "*", "nonce") if word in policy]


async def test_the_manual_reads_the_document_of_this_service(service: Service) -> None:
    script = await service.client().get(f"{HOST}/static/docs.js")

    assert 'url: "/openapi.json"' in script.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pages.py",
        "/static/%2e%2e/pages.py",
        "/static/swagger-ui/../../pages.py",
        "/static",
    ],
)
async def test_nothing_but_the_static_files_can_be_had(service: Service, path: str) -> None:
    answer = await service.client().get(f"{HOST}{path}")

    assert answer.status_code == 404
