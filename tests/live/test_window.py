#!/usr/bin/python3
"""`cochlea live` with its window, under an X server and a JACK server of their own: what it shows, what it obeys, how it ends.

    with_xvfb test_window.py PROGRAM PLAYER PROBE CABLE [--shots FOLDER]
"""
import array
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from takes import DEMO, RATE, Files, Live, Server, assert_resolved, playing, read_events, read_midi

SHOTS = None
if "--shots" in sys.argv:
    SHOTS = Path(sys.argv.pop(sys.argv.index("--shots") + 1))
    sys.argv.remove("--shots")
PROGRAM, PLAYER, PROBE, CABLE = sys.argv[1:5]
del sys.argv[1:5]
SECONDS = 6
STEADY = 0.060  # the program's default


class Shown(Live):
    """The program with its window."""

    def __init__(self, server, *options, **changes):
        environment = {**server.environment, **changes}
        self.process = subprocess.Popen([PROGRAM, "live", *map(str, options)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.out = self.error = None

    def probe(self, *commands, display=None):
        environment = dict(os.environ, DISPLAY=display or os.environ["DISPLAY"])
        return subprocess.run([PROBE, "Cochlea", *map(str, commands)], env=environment, check=True, capture_output=True,
                              timeout=60).stdout.decode()

    def close(self):
        self.probe("close")
        return self.end(None)


def keys(*names):
    return [word for name in names for word in ("key", name)]


def connections(server, port):
    out = subprocess.run(["jack_lsp", "-c"], env=server.environment, capture_output=True, check=True).stdout.decode()
    lines = out.splitlines()
    if port not in lines:
        return None
    found = []
    for line in lines[lines.index(port) + 1:]:
        if not line.startswith(" "):
            break
        found.append(line.strip())
    return found


class WindowTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="cochlea-window-"))
        self.lives = []

    def tearDown(self):
        for live in self.lives:  # of a test that failed
            if live.process.poll() is None:
                live.process.kill()
                live.process.communicate()
        shutil.rmtree(self.folder)

    def show(self, server, *options, **changes):
        self.lives.append(Shown(server, *options, **changes))
        return self.lives[-1]

    def wait_for(self, condition):
        until = time.monotonic() + 30
        while not condition():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    def test_a_take(self):
        """The keys choose steady timing, and turn the channel; then it plays. The picture is full; closing it ends the program well."""
        files = Files(self.folder, "take")
        with Server() as server:
            live = self.show(server, *files.options())
            live.probe("wait", 200, *keys(*["Tab"] * 4, "Return", "Down", "Return", *["Tab"] * 9, "Right", "Right"), "wait", 500)
            with playing(PLAYER, server, files, SECONDS, ()) as player:
                self.assertEqual(player.wait(60), 0)
                colours = int(live.probe("colours"))
                if SHOTS:
                    live.probe("shot", SHOTS / "live.png")
            self.assertEqual(live.close(), 0, live.error)
        self.assertGreater(colours, 1000)
        messages = read_midi(files.midi.read_bytes())
        assert_resolved([m for _, m in messages])
        events = read_events(files.events)
        ons = [e for e in events if e["type"] == "on" and e["t"] > 1]
        self.assertGreater(len(ons), 3 * SECONDS)
        self.assertEqual(len([e for e in events if e["type"] == "on"]), len([m for _, m in messages if m[0] & 0xF0 == 0x90]))
        for e in ons:
            self.assertGreater(e["emit"] - e["t"], STEADY - 0.001)
        captured = [tuple(map(int, line.split()[1:])) for line in files.captured.read_text().splitlines()[1:]]
        self.assertEqual({m[0] & 0x0F for m in captured}, {2})  # two steps above the first

    def test_hybrid(self):
        """It plays what it hears, and shows that; the last knob is its loudness: turned down all the way it is silent."""
        out = self.folder / "taken.raw"
        with Server(256) as server:
            live = self.show(server, "--hybrid", "female_voice,trumpet", "--morph", "0.3", "--mix", "0.85", "--output", "none")
            cable = subprocess.Popen([CABLE, DEMO, str(SECONDS), "Cochlea:input", "Cochlea:output", out], env=server.environment)
            live.probe("wait", 3000)
            if SHOTS:
                live.probe("shot", SHOTS / "live_hybrid.png")
            colours = int(live.probe("colours"))
            live.probe(*keys(*["Tab"] * 19, "Home"))
            self.assertEqual(cable.wait(60), 0)
            self.assertEqual(live.close(), 0, live.error)
        self.assertGreater(colours, 1000)
        taken = array.array("f", out.read_bytes())
        self.assertGreater(max(abs(x) for x in taken[:len(taken) // 3]), 0.01)
        end = taken[SECONDS * RATE - RATE // 2:SECONDS * RATE]
        self.assertLess(max(abs(x) for x in end), 1e-5)

    def test_other_input(self):
        with Server() as server:
            live = self.show(server)
            live.probe()
            self.wait_for(lambda: connections(server, "Cochlea:input") == ["system:capture_1"])
            live.probe(*keys("Tab", "Return", "Down", "Return"))
            self.wait_for(lambda: connections(server, "Cochlea:input") == ["system:capture_2"])
            live.probe(*keys("Tab", "Return", "Down", "Return"))  # no MIDI: JACK is opened anew, without the port
            self.wait_for(lambda: connections(server, "Cochlea:midi_out") is None
                          and connections(server, "Cochlea:input") == ["system:capture_2"])
            live.probe(*keys("Return", "Up", "Return"))
            self.wait_for(lambda: connections(server, "Cochlea:midi_out") == [])
            self.assertEqual(live.close(), 0, live.error)

    def test_reopens(self):
        """PortAudio has to be opened anew for another input; the take goes on."""
        files = Files(self.folder, "take")
        options = ("--backend", "portaudio")
        with Server(1024) as server:
            live = self.show(server, *options, *files.options())
            live.probe()
            self.wait_for(lambda: connections(server, "Cochlea:in_0"))
            subprocess.run(["jack_disconnect", "system:capture_1", "Cochlea:in_0"], env=server.environment, check=True)
            live.probe(*keys("Tab", "Return", "Up", "Return"))
            self.wait_for(lambda: connections(server, "Cochlea:in_0") == ["system:capture_1"])  # a new client connects anew
            with playing(PLAYER, server, files, SECONDS, options) as player:
                self.assertEqual(player.wait(60), 0)
            self.assertEqual(live.close(), 0, live.error)
        self.assertNotIn("gone", live.error)
        messages = read_midi(files.midi.read_bytes())
        assert_resolved([m for _, m in messages])
        self.assertGreater(len(messages), 2 * SECONDS)

    def test_signal(self):
        with Server() as server:
            live = self.show(server, "--record", self.folder / "a.mid")
            live.probe("size", 400, 300, "wait", 100, "size", 1300, 900, "wait", 100)
            self.assertEqual(live.end(), 0, live.error)
            self.assertEqual(read_midi((self.folder / "a.mid").read_bytes()), [])

    def test_lost_display(self):
        """The sound, the MIDI and the file go on."""
        files = Files(self.folder, "take")
        read, write = os.pipe()
        display = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-nolisten", "tcp"], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            name = ":" + pipe.readline().strip()
        try:
            with Server() as server:
                live = self.show(server, *files.options(), DISPLAY=name)
                live.probe(display=name)
                with playing(PLAYER, server, files, SECONDS, ()) as player:
                    time.sleep(1)
                    display.kill()
                    display.wait()
                    self.assertEqual(player.wait(60), 0)
                self.assertEqual(live.end(), 0, live.error)
        finally:
            display.kill()
            display.wait()
        self.assertEqual(live.error.count("display is gone"), 1, live.error)
        messages = read_midi(files.midi.read_bytes())
        assert_resolved([m for _, m in messages])
        self.assertGreater(max(e["t"] for e in read_events(files.events)), SECONDS - 2)

    def test_without_display(self):
        with Server() as server:
            live = self.show(server, "--seconds", 0.3, DISPLAY="")
            self.assertEqual(live.end(None), 0)
            self.assertEqual(len(live.error.splitlines()), 1, live.error)
            self.assertIn("no window", live.error)


if __name__ == "__main__":
    if not shutil.which("jackd"):
        sys.exit(77)
    unittest.main()
