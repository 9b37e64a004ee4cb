"""Firefox and WebKit, as Debian has them, each behind the same few verbs; Chromium has Playwright (conftest.py).

Playwright drives builds of its own alone, so here is what both speak: WebDriver, in WebKit over HTTP, in Firefox over a
socket (BiDi), with the same JSON for what hands do.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import sleep
from typing import Any, Protocol

from selenium.webdriver import WebKitGTK
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.websocket_connection import WebSocketConnection
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.conftest import Quiet

FIREFOX = "firefox-esr" if shutil.which("firefox-esr") else "firefox"
WEBKIT, SCREEN = "WebKitWebDriver", "Xvfb"
MINI = "/usr/lib/*/webkit2gtk-4*/MiniBrowser"
PREFS = {"ui.systemUsesDarkTheme": 0}
KEYS = {"ArrowRight": "\ue014", "ArrowLeft": "\ue012", "Tab": "\ue004", "Enter": "\ue007", "Control": "\ue009"}
NOTED = """<script>
window.faults = [];
const fault = ({ message, target }) => faults.push(message ?? `not loaded: ${target.src ?? target.href}`);
addEventListener("error", fault, true);
addEventListener("unhandledrejection", (event) => faults.push(String(event.reason)));
for (const kind of ["error", "warn"]) console[kind] = (...said) => faults.push(said.join(" "));
</script>"""


class Noting(Quiet):
    """A server whose pages note their own errors, in `faults`: WebKit's driver tells of none."""

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() and self.path.split("?")[0].endswith("/") else file
        if file.suffix != ".html" or not file.is_file():
            return super().do_GET()
        body = file.read_text(encoding="utf-8").replace("<head>", f"<head>{NOTED}", 1).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Engine(Protocol):
    """What a test asks of a browser."""

    def open(self, address: str, width: int = 1280, height: int = 900) -> None:
        """A page in a window of this size, loaded."""

    def visit(self, address: str) -> None:
        """A page in the window as it is, loaded: a page in a frame is not always kept for when there is no network."""

    def run(self, expression: str) -> Any:
        """The value of an expression of JavaScript, awaited."""

    def act(self, *actions: dict[str, Any]) -> None:
        """What a hand does, in the words of WebDriver."""

    def shot(self, path: Path) -> None:
        """The window as a picture."""


def press(engine: Engine, *keys: str) -> None:
    """Keys, one after the other; "Control+k" holds the first."""
    done = []
    for key in keys:
        held = [KEYS.get(part, part) for part in key.split("+")]
        done += [{"type": "keyDown", "value": part} for part in held]
        done += [{"type": "keyUp", "value": part} for part in reversed(held)]
    engine.act({"type": "key", "id": "keys", "actions": done})


def drag(engine: Engine, *points: tuple[float, float]) -> None:
    """The mouse pressed at the first point, taken over the others, let go at the last. One point is a click."""
    moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 60} for x, y in points]
    down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
    mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
    engine.act({**mouse, "actions": [moves[0], down, *moves[1:], up]})


def _json(expression: str) -> str:
    return f"(async () => JSON.stringify((await ({expression})) ?? null))()"


class Firefox:
    """Firefox without a window, over WebDriver BiDi: Debian has no geckodriver, and none is needed."""

    def __init__(self, socket: WebSocketConnection) -> None:
        self.socket = socket
        self._ask("session.new", capabilities={})
        self.tab = self._ask("browsingContext.create", type="window")["context"]  # the first one never has the focus

    def _ask(self, method: str, **parameters: Any) -> Any:
        reply = self.socket.send_cmd(method, parameters)
        assert "result" in reply, reply
        return reply["result"]

    def open(self, address: str, width: int = 1280, height: int = 900) -> None:
        self._ask("browsingContext.setViewport", context=self.tab, viewport={"width": width, "height": height})
        self._ask("browsingContext.navigate", context=self.tab, url=address, wait="complete")
        loaded = "document.readyState === 'complete' && location.origin + location.pathname"
        for _ in range(300):  # told too early when the page before writes its state into its own address meanwhile
            if self.run(loaded) == address.partition("?")[0].partition("#")[0]:
                break
            sleep(0.1)

    def visit(self, address: str) -> None:
        self.open(address)

    def run(self, expression: str) -> Any:
        target = {"context": self.tab}
        found = self._ask("script.evaluate", expression=_json(expression), target=target, awaitPromise=True)
        assert found["type"] == "success", found["exceptionDetails"]["text"]
        return json.loads(found["result"]["value"])

    def act(self, *actions: dict[str, Any]) -> None:
        self._ask("input.performActions", context=self.tab, actions=list(actions))

    def shot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._ask("browsingContext.captureScreenshot", context=self.tab)["data"]))


class WebKit:
    """WebKitGTK in a window on a screen that is not there. No window is as narrow as a phone, so pages are framed."""

    def __init__(self, driver: WebKitGTK) -> None:
        self.driver = driver
        self.driver.set_window_size(1920, 1300)
        self.driver.set_script_timeout(120)  # a busy machine is late, not wrong

    def open(self, address: str, width: int = 1280, height: int = 900) -> None:
        self.visit(f"{address.split('/', 3)[0]}//{address.split('/', 3)[2]}/assets/")  # same origin, nothing in it
        self.driver.execute_async_script(
            """const [src, width, height, done] = arguments;
            document.body.innerHTML = ""; document.body.style.margin = 0;
            const frame = Object.assign(document.createElement("iframe"), { src, width, height, onload: () => done() });
            frame.style.border = 0; document.body.append(frame);""",
            *(address, width, height),
        )
        self.driver.switch_to.frame(0)

    def visit(self, address: str) -> None:
        self.driver.switch_to.default_content()
        self.driver.get(address)

    def run(self, expression: str) -> Any:
        return json.loads(self.driver.execute_script(f"return {_json(expression)}"))

    def act(self, *actions: dict[str, Any]) -> None:
        self.driver.execute(Command.W3C_ACTIONS, {"actions": list(actions)})

    def shot(self, path: Path) -> None:
        self.driver.save_screenshot(str(path))


@contextmanager
def firefox() -> Iterator[Firefox]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, ExitStack() as stack:
        lines = [f'user_pref("{name}", {json.dumps(value)});' for name, value in PREFS.items()]
        Path(profile, "user.js").write_text("\n".join(lines), encoding="utf-8")
        said = Path(profile, "said")
        log = stack.enter_context(said.open("wb"))  # not a pipe, which fills when no one reads it
        command = [FIREFOX, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        started = stack.enter_context(subprocess.Popen(command, stdout=log, stderr=log))
        stack.callback(started.terminate)
        for _ in range(1200):
            if where := re.search(r"WebDriver BiDi listening on (\S+)", said.read_text(errors="replace")):
                break
            sleep(0.1)
        assert where, said.read_text(errors="replace")
        socket = WebSocketConnection(f"{where[1]}/session", timeout=60, interval=0.01)
        stack.callback(socket.close)
        yield Firefox(socket)


@contextmanager
def webkit() -> Iterator[WebKit]:
    with ExitStack() as stack:
        command = [SCREEN, "-displayfd", "1", "-screen", "0", "2000x1400x24", "-nolisten", "tcp"]
        screen = stack.enter_context(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        )
        stack.callback(screen.terminate)
        assert screen.stdout
        options = Options()
        options.binary_location = str(next(Path("/").glob(MINI[1:])))
        options.add_argument("--automation")
        environment = os.environ | {"DISPLAY": f":{screen.stdout.readline().strip()}"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of Selenium, about itself
            driver = WebKitGTK(options=options, service=Service(shutil.which(WEBKIT), env=environment))
        stack.callback(driver.quit)
        yield WebKit(driver)


ENGINES: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "firefox": (firefox, (FIREFOX,)),
    "webkit": (webkit, (WEBKIT, SCREEN)),
}
