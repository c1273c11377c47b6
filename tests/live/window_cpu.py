#!/usr/bin/python3
"""What the window of `cochlea live` costs: processor time of the program with it and without it, while it hears the
demo recording under JACK, and that of the X server. Not a test: a measurement.

    with_xvfb window_cpu.py PROGRAM PLAYER [SECONDS]
"""
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from takes import Files, Server, playing

PROGRAM, PLAYER = sys.argv[1:3]
SECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else 30.0
TICK = os.sysconf("SC_CLK_TCK")


def spent(pid):
    """Seconds of processor time of all its threads, user and system."""
    fields = Path("/proc/%d/stat" % pid).read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def x_server():
    """The process that has our display."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        if b"Xvfb" in path.read_bytes().split(b"\0")[0] and parent(path.parent) == os.getppid():
            return int(path.parent.name)
    return os.getpid()  # somebody else's: not measured


def parent(folder):
    return int(re.search(r"PPid:\s+(\d+)", (folder / "status").read_text())[1])


def measure(server, folder, *options):
    """Shares of a core: the program, the X server."""
    files = Files(folder, "take")
    live = subprocess.Popen([PROGRAM, "live", *options], env=server.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with playing(PLAYER, server, files, SECONDS + 10, options):
            time.sleep(4)
            watched = [live.pid, x_server()]
            before, start = [spent(pid) for pid in watched], time.monotonic()
            time.sleep(SECONDS)
            after, end = [spent(pid) for pid in watched], time.monotonic()
    finally:
        live.terminate()
        live.wait(20)
    return [(b - a) / (end - start) for a, b in zip(before, after)]


def main():
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        bare, _ = measure(server, folder, "--headless")
        shown, display = measure(server, folder)
    print("without a window %.1f %% of a core, with it %.1f %%: the window %.1f %%; the X server %.1f %%" %
          tuple(100 * x for x in (bare, shown, shown - bare, display)))


main()
