#!/usr/bin/python3
"""The practice window with a user who presses its keys; and live sound under a JACK server, which must come to what its recording
comes to. Skipped where X or JACK is missing.

    test_window.py PROGRAM PROBE PLAYER
"""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "live"))

PLAYER = sys.argv.pop(3)
PROBE = sys.argv.pop(2)
PROGRAM = sys.argv.pop(1)
ASSETS = Path(__file__).parents[2] / "assets"
SCORE, TAKE = ASSETS / "demo.mid", ASSETS / "demo.flac"
PATIENCE = 120  # seconds, for a busy machine


class WindowTest(unittest.TestCase):
    def setUp(self):
        if not os.environ.get("DISPLAY"):
            self.skipTest("no display")
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.store = self.folder / "practice.db"
        self.report = self.folder / "report.json"

    def tearDown(self):
        self.temporary.cleanup()

    def open(self, *options):
        self.program = subprocess.Popen([PROGRAM, "practice", SCORE, "--from-file", TAKE, "--window", "--store", self.store,
                                         "--report", self.report, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end)

    def end(self):
        if self.program.poll() is None:
            self.program.kill()
        self.program.communicate()

    def probe(self, *words):
        subprocess.run([PROBE, "Cochlea practice", *map(str, words)], check=True, timeout=PATIENCE)

    def shot(self, name):
        path = self.folder / (name + ".png")
        self.probe("wait", 200, "shot", path)
        return path.read_bytes()

    def rows(self, question):
        try:
            with sqlite3.connect("file:%s?mode=ro" % self.store, uri=True, timeout=10) as store:
                return store.execute(question).fetchall()
        except sqlite3.OperationalError:  # it is not there yet
            return []

    def wait_for(self, question):
        until = time.monotonic() + PATIENCE
        while not self.rows(question):
            self.assertIsNone(self.program.poll(), "the program has ended")
            self.assertLess(time.monotonic(), until, question)
            time.sleep(0.2)

    def close(self):
        self.probe("close")
        out, error = self.program.communicate(timeout=PATIENCE)
        self.assertEqual(self.program.returncode, 0, error)
        self.assertEqual(error, b"")
        return out.decode()

    def test_keys_and_memory(self):
        self.open()
        self.wait_for("select 1 from sitting where judged > 20")
        score = self.shot("score")
        self.probe("key", "Tab")
        report = self.shot("report")
        self.assertGreater(len(score), 10000)  # a PNG of one colour is small
        self.assertNotEqual(score, report)
        self.probe("key", "r", "wait", 200, "key", "h", "key", "m")  # from the start; right hand; the score waits
        self.wait_for("select 1 from sitting where mode = 'wait' and hand = 'right' and judged > 3")
        self.probe("key", "space")  # time stands still
        until, before = time.monotonic() + PATIENCE, b""
        while (now := self.shot("still")) != before:  # the meter falls for a while
            self.assertLess(time.monotonic(), until, "it goes on")
            before = now
        text = self.close()
        self.assertIn("Notes:", text)
        self.assertEqual(self.rows("pragma integrity_check"), [("ok",)])
        self.assertEqual(self.rows("select count(*) from sitting where finished = 0"), [(0,)])
        self.assertGreater(self.rows("select count(*) from bar")[0][0], 2)
        told = json.loads(self.report.read_text())
        self.assertEqual((told["mode"], told["hand"]), ("wait", "right"))

    def test_pointer_loops_a_bar(self):
        self.open("--no-store")
        self.probe("wait", 500, "click", 450, 70, "wait", 300)  # the sixth of fifteen bars
        self.close()
        told = json.loads(self.report.read_text())
        self.assertEqual({n["bar"] for n in told["notes"]}, {6})

    def test_library(self):
        """A folder: choose, be refused for want of a device, and see what was practised; the folder is remembered."""
        shelf = self.folder / "scores" / "songs"
        shelf.mkdir(parents=True)
        for name in ("Anna - First", "Bela - Second", "Clara - Third"):
            shutil.copy(SCORE, shelf / (name + ".mid"))
        (shelf / "Dora - Broken.mid").write_bytes(SCORE.read_bytes()[:90])
        subprocess.run([PROGRAM, "practice", shelf / "Clara - Third.mid", "--from-file", TAKE, "--store", self.store, "--quiet"], check=True,
                       timeout=PATIENCE)
        told = subprocess.run([PROGRAM, "practice", "--library", shelf.parent, "--store", self.store], capture_output=True, check=True,
                              timeout=PATIENCE).stdout.decode()
        self.assertRegex(told, r"songs/Clara - Third.mid .* right .* practise  Clara: Third\n")
        self.assertRegex(told, r"songs/Dora - Broken.mid .*damaged")
        for arguments in ([shelf.parent], []):  # the second time it is remembered
            self.program = subprocess.Popen([PROGRAM, "practice", *arguments, "--store", self.store, "--backend", "jack"],
                                            env=dict(os.environ, JACK_DEFAULT_SERVER="nobody-has-this", JACK_NO_START_SERVER="1"),
                                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.addCleanup(self.end)
            self.probe("wait", 1000)
            first = self.shot("first")
            self.probe("key", "Down", "key", "Return", "wait", 1000)
            refused = self.shot("refused")  # the line says that there is no server
            self.assertTrue(first != refused, "no line about the device")
            self.probe("key", "t", "key", "h", "key", "i")
            found = self.shot("found")  # the one that was practised, with its plots
            self.assertTrue(refused != found, "nothing is found")
            self.assertGreater(len(found), 10000)
            self.probe("click", 1160, 80)
            self.assertTrue(found != self.shot("all"), "no other scope")
            self.assertEqual(self.close(), "")
        self.assertEqual(self.rows("select value from setting where name = 'folder'"), [(str(shelf.parent.resolve()),)])

    def test_no_display(self):
        environment = {k: v for k, v in os.environ.items() if k != "DISPLAY"}
        result = subprocess.run([PROGRAM, "practice", SCORE, "--from-file", TAKE, "--window", "--no-store"], env=environment,
                                capture_output=True, timeout=PATIENCE)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr.decode(), r"\Acochlea practice: no window: .*display.*\n\Z")


class LiveTest(unittest.TestCase):
    def test_no_sound(self):
        environment = dict(os.environ, JACK_DEFAULT_SERVER="nobody-has-this", JACK_NO_START_SERVER="1")
        for more in ([], ["--headless"]):
            result = subprocess.run([PROGRAM, "practice", SCORE, "--backend", "jack", "--no-store", *more], env=environment,
                                    capture_output=True, timeout=PATIENCE)
            self.assertEqual(result.returncode, 1)
            self.assertEqual(len(result.stderr.decode().splitlines()), 1, result.stderr)

    def test_as_its_recording(self):
        """What is judged live is what is judged in the same sound as a file."""
        if not shutil.which("jackd"):
            self.skipTest("no jackd")
        from takes import Server
        with tempfile.TemporaryDirectory() as folder, Server(period=256) as server:
            folder = Path(folder)
            heard, live, again = folder / "heard.wav", folder / "live.json", folder / "again.json"
            program = subprocess.Popen([PROGRAM, "practice", SCORE, "--backend", "jack", "--headless", "--no-store", "--metronome",
                                        "--headphones", "--seconds", "16", "--record-audio", heard, "--report", live],
                                       env=server.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.addCleanup(program.kill)
            with open(folder / "player.log", "w") as log:
                player = subprocess.Popen([PLAYER, TAKE, "13", "Cochlea", "Cochlea:midi_out", folder / "captured"],
                                          env=server.environment, stdout=log, stderr=log)
            self.addCleanup(player.kill)
            _, error = program.communicate(timeout=PATIENCE)
            player.kill()
            player.wait()
            self.assertEqual(program.returncode, 0, error)
            told = json.loads(live.read_text())
            subprocess.run([PROGRAM, "practice", SCORE, "--from-file", heard, "--metronome", "--headphones", "--no-store", "--quiet",
                            "--report", again, "--latency", str(told["latency_ms"])], check=True, timeout=PATIENCE)
            expected = json.loads(again.read_text())
            for report in (told, expected):
                for name in ("source", "device"):
                    report.pop(name, None)
            self.assertGreater(expected["totals"]["hit"], 40)
            self.assertEqual(told, expected)


if __name__ == "__main__":
    unittest.main(verbosity=2)
