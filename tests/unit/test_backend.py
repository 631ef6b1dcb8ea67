"""Keras is imported without a word, and set up for the processor."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(code, **settings):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")} | settings
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120
    )


def test_nothing_greets_and_errors_are_seen_again_afterwards():
    done = run(
        "import os, sys\n"
        "from model.backend import import_keras\n"
        "import_keras()\n"
        "assert 'keras' in sys.modules\n"
        "print(os.environ['TF_ENABLE_ONEDNN_OPTS'])\n"
        "os.write(2, b'an error')\n"
    )
    assert (done.stdout, done.stderr) == ("1\n", "an error")


def test_what_the_user_has_set_stays():
    done = run(
        "import os\nfrom model.backend import import_keras\nimport_keras()\nprint(os.environ['TF_ENABLE_ONEDNN_OPTS'])",
        TF_ENABLE_ONEDNN_OPTS="0",
    )
    assert done.stdout == "0\n"


def test_it_works_without_standard_error():
    done = run(
        "import os, sys\n"
        "os.close(2)\n"
        "from model.backend import import_keras\n"
        "import_keras()\n"
        "print('keras' in sys.modules)"
    )
    assert done.stdout == "True\n"
