#!/usr/bin/python3
"""`cochlea live --hybrid` under a JACK server: what it plays is what `hybridize` makes of what it heard.

    test_hybrid.py PROGRAM CABLE [--short]
"""
import array
import math
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import wave
from pathlib import Path

from takes import DEMO, RATE, Files, Live, Server, read_events

SHORT = "--short" in sys.argv
sys.argv = [a for a in sys.argv if a != "--short"]
CABLE = sys.argv.pop(2)
PROGRAM = sys.argv.pop(1)
CLOSE = 4e-6  # of full scale: the file has 24 bits


def floats(path):
    return array.array("f", Path(path).read_bytes())


def samples_24(path):
    """Of a mono WAV file of 24 bits."""
    with wave.open(str(path)) as w:
        assert (w.getnchannels(), w.getsampwidth()) == (1, 3)
        data = w.readframes(w.getnframes())
    return [int.from_bytes(data[i:i + 3], "little", signed=True) / 8388608 for i in range(0, len(data), 3)]


def write_sine(path, seconds, hz=330):
    with wave.open(str(path), "wb") as w:
        w.setparams((1, 2, RATE, 0, "NONE", ""))
        w.writeframes(b"".join(struct.pack("<h", round(8000 * math.sin(2 * math.pi * hz * i / RATE))) for i in range(int(seconds * RATE))))


def find(reference, taken):
    """How much later than in the reference things are in what was taken, by some loud places."""
    loudest = max(range(len(taken)), key=lambda i: abs(taken[i]))
    places = [loudest + 37 * k for k in range(-20, 20) if 0 <= loudest + 37 * k < len(taken)]
    best, distance = None, 1e9
    for shift in range(-len(reference), len(taken)):
        if not (places[0] - shift >= 0 and places[-1] - shift < len(reference)):
            continue
        if abs(taken[loudest] - reference[loudest - shift]) > 0.01:
            continue
        d = max(abs(taken[p] - reference[p - shift]) for p in places)
        if d < distance:
            best, distance = shift, d
    return best


class HybridTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="cochlea-hybrid-"))
        self.files = Files(self.folder, "take")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def take(self, *options, audio=DEMO, seconds=4, port="Cochlea:output", backend="jack", into="Cochlea:input", period=256):
        """Plays into the program; returns what it played and, in the files, what it heard."""
        out = self.folder / "taken.raw"
        with Server(period) as server:
            live = Live(PROGRAM, server, "--backend", backend, *self.files.options(), "--output", "none" if backend == "jack" else "system",
                        *options)
            cable = subprocess.run([CABLE, audio, str(seconds), into, port, out], env=server.environment, capture_output=True, timeout=120)
            self.assertEqual(live.end(), 0, (live.out, live.error))
        self.assertEqual(cable.returncode, 0, cable.stderr)
        self.live = live
        return floats(out)

    def hybridized(self, *options):
        result = self.folder / "reference.wav"
        subprocess.run([PROGRAM, "hybridize", self.files.wav, "-o", result, *options], check=True, capture_output=True)
        return samples_24(result)

    def check(self, taken, reference, gain=1.0):
        """The last second and a half is silence or what the program does after its end: left out."""
        reference = [gain * x for x in reference]
        shift = find(reference, taken)
        self.assertIsNotNone(shift)
        compared = range(max(0, shift), min(len(taken), len(reference) + shift) - RATE)
        self.assertGreater(len(compared), 2 * RATE)
        worst = max(abs(taken[i] - reference[i - shift]) for i in compared)
        self.assertLess(worst, CLOSE)
        self.assertGreater(max(abs(taken[i]) for i in compared), 0.01)

    def test_plays_what_hybridize_makes(self):
        settings = ("--mix", "0.9", "--attack", "0.2")
        taken = self.take("--hybrid", "tenor_sax,violin", "--morph", "0.3", *settings)
        self.check(taken, self.hybridized("--target", "tenor_sax,violin", "--morph", "0.3", *settings))
        self.assertGreater(sum(e["type"] == "on" for e in read_events(self.files.events)), 8)  # beside the transcription
        self.assertIn("headphones", self.live.out)

    def test_monitor_and_low_latency(self):
        taken = self.take("--hybrid", "organ", "--morph", "flute:0.5", "--latency", "512", "--monitor", "-6", period=128)
        self.check(taken, self.hybridized("--target", "organ,flute", "--morph", "0.5", "--latency", "512"), 10 ** (-6 / 20))

    @unittest.skipIf(SHORT, "its libraries leak when they are unloaded")
    def test_portaudio(self):
        taken = self.take("--hybrid", "clarinet", backend="portaudio", port="Cochlea:out_0", into="Cochlea:in_0", period=512)
        reference = self.hybridized("--target", "clarinet")
        self.assertGreater(max(abs(x) for x in taken), 0.005)
        self.assertGreater(max(abs(x) for x in reference), 0.005)

    def test_no_click_at_either_end(self):
        """A sine sounds while the program starts and stops: the output swells and fades."""
        sine, out = self.folder / "sine.wav", self.folder / "taken.raw"
        write_sine(sine, 30)
        with Server(256) as server:
            live = Live(PROGRAM, server, "--output", "none", "--hybrid", "violin", "--seconds", "100")
            cable = subprocess.Popen([CABLE, sine, "30", "Cochlea:input", "Cochlea:output", out], env=server.environment)
            try:
                cable.wait(4)
            except subprocess.TimeoutExpired:
                pass
            self.assertEqual(live.end(), 0, (live.out, live.error))
            cable.wait(60)
        taken = floats(out)
        last = max(i for i, x in enumerate(taken) if x)
        self.assertGreater(last, RATE)
        sounding = max(abs(x) for x in taken[last - RATE // 2:last - RATE // 10])
        self.assertGreater(sounding, 0.01)
        self.assertLess(max(abs(x) for x in taken[last - 40:last]), 0.1 * sounding)  # faded, not cut

    def test_server_comes_back(self):
        """What it plays begins anew, from silence, when the server that was killed is back."""
        out = self.folder / "taken.raw"
        with Server(256) as server:
            live = Live(PROGRAM, server, "--hybrid", "organ", "--output", "none", "--wait", "30")
            first = subprocess.Popen([CABLE, DEMO, "20", "Cochlea:input", "Cochlea:output", self.folder / "first.raw"],
                                     env=server.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(4)
            server.stop(signal.SIGKILL)
            first.kill()
            first.wait()
            server.start()
            cable = subprocess.run([CABLE, DEMO, "2", "Cochlea:input", "Cochlea:output", out], env=server.environment, capture_output=True,
                                   timeout=120)
            self.assertEqual(live.end(), 0, live.error)
        self.assertEqual(cable.returncode, 0, cable.stderr)
        self.assertIn("is back", live.error)
        self.assertGreater(max(abs(x) for x in floats(out)), 0.01)

    def test_called_wrongly(self):
        with Server() as server:
            for options, status, word in ((("--hybrid", "kazoo"), 2, "kazoo"), (("--hybrid", "violin", "--morph", "0.5"), 2, "--morph"),
                                          (("--hybrid", "violin", "--morph", "kazoo:0.5"), 2, "kazoo"),
                                          (("--hybrid", "violin", "--mix", "2"), 2, "--mix"),
                                          (("--hybrid", "violin", "--output", "nowhere"), 1, "nowhere"),
                                          (("--hybrid", self.folder / "no.gguf"), 1, "no.gguf")):
                live = Live(PROGRAM, server, "--backend", "jack", *options, "--seconds", "1")
                self.assertEqual(live.end(None), status, live.error)
                self.assertIn(word, live.error)
                self.assertEqual(live.error.count("\n"), 1, live.error)


if __name__ == "__main__":
    unittest.main()
