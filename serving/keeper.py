"""Run a program for as long as the app lives: until standard input ends, as it does however the app has ended.

Without it, a tunnel would outlive an app that was killed, and make public whatever listens on that port next.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading

NOT_STARTED = 126  # exit status where the program cannot be started, as shells have it


def main() -> int:
    """Run the command line that follows; returns its exit status."""
    try:
        program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    except OSError as problem:
        print(problem.strerror, flush=True)
        return NOT_STARTED

    def end_with_input() -> None:
        while os.read(0, 1024):  # not sys.stdin, whose lock would be in the way at the end
            pass
        program.kill()

    threading.Thread(target=end_with_input, daemon=True).start()
    return program.wait()


if __name__ == "__main__":
    sys.exit(main())
