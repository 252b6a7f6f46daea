"""What tests need besides Python packages: browsers, speech tools, Node, PostgreSQL, Redis. Installed where we may."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FIREFOX = ("firefox-esr", "firefox")
SPEECH = ("espeak-ng", "flite")
NEED_PACKAGES = "the tests of the live avatars' carriers, the short Firefox run of the call, the accessibility run with axe-core"


def find(names: tuple[str, ...]) -> str:
    return next((path for name in names if (path := shutil.which(name))), "")


class Tools:
    """`environ` is handed to pytest (CHROMIUM_BIN, FIREFOX_BIN), `left_out` is what could not be had, one line each."""

    def __init__(self) -> None:
        self.environ: dict[str, str] = {}
        self.left_out: list[str] = []
        self.node = shutil.which("node") or ""
        self._updated: bool | None = None

    def install(self) -> None:
        """Find each tool, try to install the missing ones, note what stays missing."""
        self._chromium()
        self._have("Firefox", FIREFOX, "firefox-esr", "the short Firefox run of the call", variable="FIREFOX_BIN")
        for name in SPEECH:
            self._have(name, (name,), name, f"tests that speak with {name}")
        self._have("ffmpeg", ("ffmpeg",), "ffmpeg", "tests that read sound back with ffmpeg")
        if not self.node or not shutil.which("npm"):
            self._node()
        if not shutil.which("psql") and not os.environ.get("TEST_DATABASE_URL"):
            self._note("PostgreSQL", "tests marked production run on SQLite only")
        if not find(("redis-server", "valkey-server")):
            self._note("a Redis or Valkey server of the system", "the packaged Valkey is used alone")

    def node_packages(self, folder: Path) -> bool:
        """`npm ci` when package-lock.json changed since the last time; False when the packages cannot be had."""
        lock, stamp = folder / "package-lock.json", folder / "node_modules" / ".installed"
        if not lock.exists() or not shutil.which("npm"):
            return False
        digest = hashlib.sha256(lock.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == digest:
            return True
        print("── npm ci", flush=True)
        if subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=folder).returncode:
            self._note("the npm packages (registry not reachable?)", f"the check of static/dist, {NEED_PACKAGES}")
            return False
        stamp.write_text(digest)
        return True

    def _chromium(self) -> None:
        found = os.environ.get("CHROMIUM_BIN") or find(CHROMIUM)
        if not found and self._apt("chromium"):
            found = find(CHROMIUM)
        if found:
            self.environ["CHROMIUM_BIN"] = found
            return
        # Last: Playwright's own download, which some networks do not allow.
        if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode:
            self._note("Chromium", "EVERY TEST IN A BROWSER")

    def _node(self) -> None:
        """Node and npm are two packages of Debian."""
        good = all(shutil.which(name) or self._apt(package) for name, package in (("node", "nodejs"), ("npm", "npm")))
        self.node = shutil.which("node") or ""
        if not good or not self.node:
            self._note("Node with npm", f"JavaScript tests, the check of static/dist, {NEED_PACKAGES}")

    def _have(self, what: str, names: tuple[str, ...], package: str, needed_for: str, *, variable: str = "") -> None:
        found = find(names)
        if not found and self._apt(package):
            found = find(names)
        if not found:
            self._note(what, needed_for)
        elif variable:
            self.environ[variable] = found

    def _apt(self, package: str) -> bool:
        """Install a Debian package, as root only; False elsewhere."""
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            return False
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if self._updated is None:
            self._updated = subprocess.run(["apt-get", "update", "-qq"], env=quiet).returncode == 0
        print(f"── apt-get install {package}", flush=True)
        argv = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        return subprocess.run(argv, env=quiet, stdout=subprocess.DEVNULL).returncode == 0

    def _note(self, what: str, consequence: str) -> None:
        self.left_out.append(f"{what} is not here: {consequence}")
