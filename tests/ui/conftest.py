"""A served page and a real browser that lets nothing out of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, Request, Response, sync_playwright

ROOT = Path(__file__).parents[2]
BROWSER = os.environ.get("GRIDPLAN_BROWSER") or shutil.which("chromium") or "/usr/bin/chromium"
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Witness:
    """What went wrong while a page was open."""

    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page, address: str) -> None:
        """Note console errors, failed answers and whatever leaves for another machine."""

        def asked(request: Request) -> None:
            if not request.url.startswith(
                (address, "data:", "blob:", address.replace("http", "ws"))
            ):
                self.errors.append(f"request leaves this machine: {request.url}")

        def answered(response: Response) -> None:
            if response.status >= 400:
                self.errors.append(f"{response.status}: {response.url}")

        page.on("request", asked)
        page.on("response", answered)
        page.on("pageerror", lambda error: self.errors.append(f"script: {error}"))
        page.on(
            "console",
            lambda said: self.errors.append(said.text) if said.type == "error" else None,
        )
        page.on("websocket", lambda socket: asked_socket(self, socket.url, address))


def asked_socket(witness: Witness, url: str, address: str) -> None:
    if not url.startswith(address.replace("http", "ws")):
        witness.errors.append(f"socket leaves this machine: {url}")


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the application is served, with the demo street open."""
    with served(tmp_path_factory.mktemp("page")) as url:
        yield url


@contextmanager
def served(folder: Path, *words: str) -> Iterator[str]:
    """A server of the application; `words` go to it, its log and its plans into the folder."""
    port = free_port()
    store = f"sqlite:///{folder / 'plans.db'}"
    server = start_server(port, folder / "streamlit.log", store, *words)
    try:
        url = f"http://localhost:{port}"
        wait_for(f"{url}/_stcore/health")
        yield url
    finally:
        server.terminate()
        server.wait(20)


def start_server(port: int, log: Path, store: str, *words: str) -> subprocess.Popen[bytes]:
    """Start the application; `store` is the address of its database."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    if words:
        command += ["--", *words]
    with log.open("a") as told:
        environment = {**os.environ, "GRIDPLAN_STORE": store}
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told, stderr=told)


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(url: str, seconds: float = 60) -> None:
    """Until a server answers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  our own server
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.3)
    pytest.fail(f"the page is not served at {url}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not Path(BROWSER).exists():
        pytest.fail(f"no browser at {BROWSER}: make test installs one")
    started = playwright.chromium.launch(executable_path=BROWSER, args=OPTIONS)
    yield started
    started.close()


@pytest.fixture
def witness() -> Witness:
    return Witness()


@pytest.fixture
def page(browser: Browser, address: str, witness: Witness) -> Iterator[Page]:
    """A new profile on a planner's screen; whatever went wrong fails the test at its end."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", accept_downloads=True
    )
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    witness.watch(opened, address)
    yield opened
    context.close()
    assert witness.errors == []
