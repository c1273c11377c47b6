#!/usr/bin/python3
"""Practising with live sound under a JACK server: what is played along is heard, and not taken for the player; a server that dies is
waited for; a device is set up. Skipped where JACK, FluidSynth or a sound font is missing.

    test_live.py PROGRAM PROBE PLAYER [--short]

--short leaves out what needs a program that keeps up with time: sanitizers slow it down.
"""
import array
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import wave
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "live")]
import midi
import scores
from student import Student
from takes import Server

SHORT = "--short" in sys.argv
if SHORT:
    sys.argv.remove("--short")
PLAYER = sys.argv.pop(3)
PROBE = sys.argv.pop(2)
PROGRAM = sys.argv.pop(1)
PATIENCE = 120  # seconds, for a busy machine


class Live(unittest.TestCase):
    def setUp(self):
        if not shutil.which("jackd"):
            self.skipTest("no jackd")
        self.font = scores.font()
        if not shutil.which("fluidsynth") or not self.font:
            self.skipTest("needs fluidsynth and a sound font")
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = Path(self.temporary.name)
        self.score, self.store = self.folder / "score.mid", self.folder / "practice.db"
        scores.write(self.score)
        self.server = Server(period=256)
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)

    def open(self, *options, display=False):
        environment = dict(self.server.environment) if display else {k: v for k, v in self.server.environment.items() if k != "DISPLAY"}
        program = subprocess.Popen([PROGRAM, "practice", *map(str, options)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, program)
        return program

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def play(self, sound, seconds, *flags):
        """The other end of the cable; ends by itself unless --no-end is among the flags."""
        player = subprocess.Popen([PLAYER, sound, str(seconds), "Cochlea", "Cochlea:midi_out", self.folder / "captured", *map(str, flags)],
                                  env=self.server.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(self.stop, player)
        return player

    @staticmethod
    def stop(player):
        """A client that is killed keeps a server waiting for minutes."""
        if player.poll() is None:
            player.terminate()
        player.communicate(timeout=PATIENCE)

    def probe(self, *words):
        subprocess.run([PROBE, "Cochlea practice", *map(str, words)], check=True, timeout=PATIENCE)

    def finish(self, program):
        program.send_signal(signal.SIGINT)
        _, error = program.communicate(timeout=PATIENCE)
        self.assertEqual(program.returncode, 0, error)

    def report(self, *arguments):
        out = self.folder / "report.json"
        subprocess.run([PROGRAM, "practice", self.score, "--no-store", "--quiet", "--report", out, *map(str, arguments)], check=True,
                       timeout=PATIENCE)
        return json.loads(out.read_text())

    def render(self, notes, name):
        performance, sound = self.folder / (name + ".mid"), self.folder / (name + ".wav")
        midi.write_performance(performance, notes)
        subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.6", "-r", "44100", "-F", sound, self.font, performance], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return sound

    def rows(self, question):
        try:
            with sqlite3.connect("file:%s?mode=ro" % self.store, uri=True, timeout=10) as store:
                return store.execute(question).fetchall()
        except sqlite3.OperationalError:  # it is not there yet
            return []

    def wait_for(self, what, program):
        until = time.monotonic() + PATIENCE
        while not (found := what()):
            self.assertIsNone(program.poll(), "the program has ended")
            self.assertLess(time.monotonic(), until)
            time.sleep(0.1)
        return found

    def right_hand(self, seconds):
        score = midi.Score(self.score)
        played = Student(1, score.chords(), score.bar, seconds=seconds, drift=0.05, rubato=0.01, jitter=0.01, spread=0.005, mistakes=0.0,
                         stumble_every=999.0, skips=0, returns=0, rate=0.8).perform().played
        return [n for n in played if n[2] >= 60]

    def test_band_is_heard_and_not_the_player(self):
        """The other hand sounds, 12 dB below the playing, in the microphone."""
        if SHORT:
            self.skipTest("too slow")
        right = self.right_hand(20.0)
        sound = self.render(right, "right")
        options = ["--free", "--hand", "right", "--accompany", "--soundfont", self.font]
        band, heard, live = self.folder / "band.wav", self.folder / "heard.wav", self.folder / "live.json"
        self.report("--from-midi", sound.with_suffix(".mid"), "--band", band, *options)
        gain = (scores.power(scores.read_mono(sound)) / scores.power(scores.read_mono(band))) ** 0.5 * 10 ** (-12.0 / 20)
        program = self.open(self.score, *options, "--backend", "jack", "--headless", "--no-store", "--record-audio", heard, "--report", live)
        player = self.play(sound, 21, "--echo", gain)
        said, _ = player.communicate(timeout=PATIENCE)
        self.finish(program)
        level = float(said.split()[1])
        self.assertTrue(-15.0 < level < -9.0, said)
        told = json.loads(live.read_text())
        latency = ("--latency", told["latency_ms"])
        self.assertGreater(told["latency_ms"], 5.0)  # the way through the loudspeaker is known
        self.assertGreater(told["excluded"], 12)
        self.assertLessEqual(told["totals"]["extra"], 2, told["extra"])
        self.assertGreaterEqual(told["totals"]["hit"], 0.8 * len(right))
        self.assertLessEqual(told["totals"]["missed"] + told["totals"]["wrong"], 0.05 * len(right))
        again = self.report("--from-file", heard, *options, *latency)
        for report in (told, again):
            for name in ("source", "device"):
                report.pop(name, None)
        self.assertEqual(told, again)
        both = self.report("--from-file", heard, "--free", "--headphones")  # who plays both hands? the band is heard as well
        left = [n for n in both["notes"] if n["hand"] == "left" and n["state"] in ("hit", "early", "late")]
        self.assertGreater(len(left), 12)

    def test_lost_server_is_waited_for(self):
        """The sitting goes on where it was."""
        sound = self.render(self.right_hand(12.0), "right")
        program = self.open(self.score, "--hand", "right", "--backend", "jack", "--headless", "--store", self.store, "--wait-device", "100")
        player = self.play(sound, 12)
        player.communicate(timeout=PATIENCE)
        self.wait_for(lambda: self.rows("select 1 from sitting where judged > 8"), program)
        time.sleep(3.0)  # what was judged is saved within a second
        before = self.rows("select max(judged), max(seconds) from sitting")[0]
        self.server.stop(signal.SIGKILL)
        time.sleep(2.0)
        self.assertIsNone(program.poll())
        self.server.start()
        right = [(a - 12.0 + 1.0, b - 12.0 + 1.0, p, v) for a, b, p, v in self.right_hand(24.0) if a > 12.0]
        player = self.play(self.render(right, "rest"), 12)
        player.communicate(timeout=PATIENCE)
        self.finish(program)
        sittings = self.rows("select judged, seconds, finished, accuracy from sitting")
        self.assertEqual(len(sittings), 1)  # the same one
        judged, seconds, finished, accuracy = sittings[0]
        self.assertGreaterEqual(judged, before[0] + 8)
        self.assertGreater(seconds, before[1] + 8.0)
        self.assertEqual(finished, 1)
        self.assertGreater(accuracy, 0.8)

    def test_piece_and_library(self):
        """From the library to a piece, back with its result, and on to another one."""
        if not os.environ.get("DISPLAY"):
            self.skipTest("no display")
        shelf = self.folder / "shelf"
        shelf.mkdir()
        for name in ("One", "Two"):
            shutil.copy(self.score, shelf / (name + ".mid"))
        sound = self.render(self.right_hand(8.0), "right")
        program = self.open(shelf, "--backend", "jack", "--store", self.store, "--hand", "right", "--free", display=True)
        self.probe("wait", 1500, "key", "Return", "wait", 2000)  # the first one
        self.play(sound, 8).communicate(timeout=PATIENCE)
        one = "select judged from sitting join score on score.id = sitting.score where path like '%/shelf/One.mid' and judged > 5"
        self.wait_for(lambda: self.rows(one), program)
        self.probe("key", "Escape", "wait", 500, "shot", self.folder / "library.png", "key", "Escape", "wait", 300, "shot",
                   self.folder / "piece.png", "key", "Escape", "key", "Down", "key", "Return", "wait", 2000)
        self.assertTrue((self.folder / "library.png").read_bytes() != (self.folder / "piece.png").read_bytes())
        self.play(sound, 8).communicate(timeout=PATIENCE)
        self.wait_for(lambda: self.rows(one.replace("One", "Two")), program)
        self.probe("close")
        out, error = program.communicate(timeout=PATIENCE)
        self.assertEqual((program.returncode, error), (0, b""))
        self.assertIn(b"Notes:", out)  # of the second one
        self.assertEqual(self.rows("select count(*) from sitting where finished = 1"), [(2,)])
        self.assertGreater(self.rows("select min(accuracy) from sitting")[0][0], 0.8)

    def test_gone_for_good(self):
        """Without a window nobody waits for a JACK server unless asked to."""
        heard = self.folder / "heard.wav"
        program = self.open(self.score, "--backend", "jack", "--headless", "--store", self.store, "--record-audio", heard)
        self.wait_for(lambda: heard.exists() and heard.stat().st_size > 100000, program)  # it listens
        self.server.stop(signal.SIGKILL)
        _, error = program.communicate(timeout=PATIENCE)
        self.assertEqual(program.returncode, 1)
        self.assertRegex(error.decode(), r"JACK server is gone")

    def test_device_is_set_up(self):
        """Half a minute in the window; what it finds counts from the next sitting on."""
        if SHORT:
            self.skipTest("too slow")
        if not os.environ.get("DISPLAY"):
            self.skipTest("no display")
        notes = [(6.0 + i, 6.9 + i, 69, 80) for i in range(9)] + [(15.5 + i, 16.3 + i, 48 + 5 * i, 110) for i in range(9)]
        tuned = midi.bend(437.0)
        performance, sound = self.folder / "set_up.mid", self.folder / "set_up.wav"
        midi.write_file(performance, [midi.track([(0, midi.tempo(60)), (0, tuned)] + [
            e for a, b, p, v in notes for e in ((round(1000 * a), bytes([0x90, p, v])), (round(1000 * b), bytes([0x80, p, 0])))])],
            division=1000, kind=0)
        subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.6", "-r", "44100", "-F", sound, self.font, performance], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        program = self.open(self.score, "--backend", "jack", "--store", self.store, "--soundfont", self.font, "--hand", "left", "--tempo", "70",
                            "--metronome=off", display=True)
        self.probe("wait", 1000, "key", "F2")
        for key, name in (("Right", "system:capture_2"), ("Left", "system:capture_1")):  # another input, and back
            self.probe("key", key, "wait", 500)
            self.wait_for(lambda: self.rows("select 1 from setting where name = 'input' and value = '%s'" % name), program)
        for key, name in (("Down", "none"), ("Up", "")):  # no MIDI, and a port of its own again
            self.probe("key", key, "wait", 500)
            self.wait_for(lambda: self.rows("select 1 from setting where name = 'midi-out' and value = '%s'" % name), program)
        player = self.play(sound, 40, "--echo", "0.5", "--no-end")
        time.sleep(1.0)  # it has begun to play
        self.probe("key", "space", "wait", 33000, "key", "Return", "wait", 500)
        self.wait_for(lambda: self.rows("select 1 from device where name = 'system:capture_1'"), program)
        noise, level, a4, latency = self.rows("select noise_db, level_db, a4_hz, latency_ms from device")[0]
        self.assertLess(noise, -50.0)
        self.assertTrue(-40.0 < level < 0.0, level)
        self.assertTrue(abs(a4 - 437.0) < 1.5, a4)
        self.assertTrue(10.0 < latency < 80.0, latency)
        self.probe("key", "Up", "key", "c", "wait", 300, "close")  # another tempo, clicks
        program.communicate(timeout=PATIENCE)
        self.stop(player)
        settings = dict(self.rows("select name, value from setting"))
        self.assertEqual((settings["hand"], settings["mode"], settings["metronome"], float(settings["tempo"])), ("left", "tempo", "1", 75.0))
        live = self.folder / "live.json"
        program = self.open(self.score, "--headless", "--backend", "jack", "--store", self.store, "--seconds", "1", "--report", live, "--tempo", "60")
        program.communicate(timeout=PATIENCE)
        told = json.loads(live.read_text())
        self.assertEqual((told["hand"], told["mode"], told["tempo_percent"]), ("left", "tempo", 60.0))  # the command line counts more
        self.assertEqual(told["latency_ms"], latency)
        self.assertAlmostEqual(told["margin_db"], level - noise, delta=0.1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
