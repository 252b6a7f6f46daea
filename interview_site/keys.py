"""The secrets of embedded mode: made once, kept in VAR_DIR with mode 0600 (embedded.md, design §8)."""

import json
import os
import secrets
from pathlib import Path


def load_or_create(var_dir: Path) -> dict[str, str]:
    """Return {"SECRET_KEY", "LINK_KEY"} from `var_dir/keys.json`, making the file on first use.

    Two processes may start at once: the file is written under another name and linked into place, so the first one wins
    and both read the same keys. Raises OSError when the folder cannot be written.
    """
    path = var_dir / "keys.json"
    var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        fresh = {"SECRET_KEY": secrets.token_urlsafe(48), "LINK_KEY": secrets.token_urlsafe(48)}
        draft = var_dir / f".keys-{os.getpid()}-{secrets.token_hex(4)}.json"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(fresh, file)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return json.loads(path.read_text())
