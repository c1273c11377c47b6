#!/usr/bin/python3
"""The program from outside: good and bad input, exit codes, one clear line, nothing half written.

    test_cli.py PROGRAM
"""
import hashlib
import json
import math
import os
import random
import struct
import subprocess
import sys
import tempfile
import unittest
import wave
from pathlib import Path

PROGRAM = sys.argv.pop(1)
DEMO = Path(__file__).parent.parent / "assets" / "demo.flac"


def run(*arguments, **options):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, timeout=300, **options)


def samples(seconds, rate):
    """A few struck tones."""
    out = [0.0] * int(seconds * rate)
    for start, note in ((0.2, 60), (0.6, 64), (1.0, 67), (1.4, 72)):
        f = 440 * 2 ** ((note - 69) / 12)
        for i in range(int(start * rate), len(out)):
            t = i / rate - start
            out[i] += sum(0.15 / h * math.exp(-t * (2 + h)) * math.sin(2 * math.pi * f * h * t) for h in range(1, 6) if f * h < rate / 2.2)
    return out


def write_wav(path, values, rate, channels=1):
    with wave.open(str(path), "wb") as w:
        w.setparams((channels, 2, rate, 0, "NONE", ""))
        w.writeframes(b"".join(struct.pack("<h", max(-32767, min(32767, int(32767 * v)))) * channels for v in values))


def write_float_wav(path, values, rate):
    data = struct.pack("<%df" % len(values), *values)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 3, 1, rate, 4 * rate, 4, 32, b"data", len(data))
    path.write_bytes(head + data)


class Program(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)

    def tearDown(self):
        self.temporary.cleanup()

    def assert_refused(self, result, code, *words):
        self.assertEqual(result.returncode, code, result.stderr)
        lines = result.stderr.decode().strip().splitlines()
        self.assertEqual(len(lines), 1, lines)
        for word in words:
            self.assertIn(word, lines[0])

    def assert_fails(self, path, *words):
        out = self.folder / "out.mid"
        self.assert_refused(run("transcribe", path, "-o", out), 1, *words)
        self.assertEqual(list(self.folder.glob("out*")), [])

    def test_demo(self):
        out, events = self.folder / "a.mid", self.folder / "a.jsonl"
        result = run("transcribe", DEMO, "-o", out, "--events", events, "--show")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, b"")
        self.assertEqual(out.read_bytes()[:4], b"MThd")
        lines = [json.loads(line) for line in events.read_text().splitlines()]
        ons = [e for e in lines if e["type"] == "on"]
        self.assertGreater(len(ons), 250)
        self.assertEqual(len(ons), sum(e["type"] == "off" for e in lines))
        for e in lines:
            self.assertLessEqual(0, e["t"])
            self.assertLessEqual(e["t"], e["emit"])
        self.assertIn("█", result.stdout.decode())

    def test_look_ahead_is_faster(self):
        events = []
        for ms in (35, 100):
            path = self.folder / "e.jsonl"
            self.assertEqual(run("transcribe", DEMO, "-o", self.folder / "e.mid", "--events", path, "--lookahead", ms).returncode, 0)
            late = sorted(e["emit"] - e["t"] for e in map(json.loads, path.read_text().splitlines()) if e["type"] == "on")
            events.append(late[int(0.95 * len(late))])
        self.assertLess(events[0], events[1])

    def test_jobs_equal_serial(self):
        names = []
        for i, rate in enumerate((16000, 22050, 8000, 48000)):
            names.append(self.folder / ("in%d.wav" % i))
            write_wav(names[-1], samples(2, rate), rate)
        made = []
        for jobs in (1, 3):
            folder = self.folder / str(jobs)
            folder.mkdir()
            self.assertEqual(run("transcribe", *names, "-d", folder, "-j", jobs).returncode, 0)
            made.append([(folder / ("in%d.mid" % i)).read_bytes() for i in range(4)])
        self.assertEqual(*made)

    def test_one_bad_file_stops_no_other(self):
        good, bad = self.folder / "good.wav", self.folder / "bad.wav"
        write_wav(good, samples(1, 16000), 16000)
        bad.write_bytes(b"no audio at all")
        self.assert_refused(run("transcribe", bad, good, "-d", self.folder), 1, "bad.wav")
        self.assertTrue((self.folder / "good.mid").exists())

    def test_unusual_audio(self):
        for rate, channels in ((8000, 1), (192000, 1), (44100, 8), (11025, 2)):
            path = self.folder / "in.wav"
            write_wav(path, samples(0.5, rate), rate, channels)
            self.assertEqual(run("transcribe", path, "-o", self.folder / "x.mid").returncode, 0)
        random.seed(1)
        values = [random.choice([math.nan, math.inf, -math.inf, 1e30, 0.1, -0.1]) for _ in range(20000)]
        write_float_wav(self.folder / "nan.wav", values, 44100)
        self.assertEqual(run("transcribe", self.folder / "nan.wav", "-o", self.folder / "x.mid").returncode, 0)
        write_wav(self.folder / "one.wav", [0.5], 44100)
        self.assertEqual(run("transcribe", self.folder / "one.wav", "-o", self.folder / "x.mid").returncode, 0)

    def test_standard_input(self):
        path = self.folder / "in.wav"
        write_wav(path, samples(2, 44100), 44100)
        self.assertEqual(run("transcribe", "-", "-o", self.folder / "a.mid", input=path.read_bytes()).returncode, 0)
        self.assertEqual(run("transcribe", path, "-o", self.folder / "b.mid").returncode, 0)
        self.assertEqual((self.folder / "a.mid").read_bytes(), (self.folder / "b.mid").read_bytes())
        self.assert_refused(run("transcribe", "-", "-o", self.folder / "c.mid", input=b"nothing"), 1, "standard input")

    def test_bad_audio(self):
        path = self.folder / "in.wav"
        self.assert_fails(self.folder / "missing.wav", "missing.wav", "No such file")
        self.assert_fails(self.folder, "is a folder")
        path.write_bytes(b"")
        self.assert_fails(path, "in.wav", "empty")
        path.write_bytes(b"hello, this is text and no audio " * 10)
        self.assert_fails(path, "in.wav", "not an audio file")
        write_wav(path, [], 44100)
        self.assert_fails(path, "no audio")
        write_wav(path, [0.0] * 100, 7000)
        self.assert_fails(path, "7000 Hz")
        whole = DEMO.read_bytes()
        (self.folder / "cut.flac").write_bytes(whole[:20])
        self.assert_fails(self.folder / "cut.flac", "cut.flac")

    def test_unwritable_output(self):
        path = self.folder / "in.wav"
        write_wav(path, samples(0.5, 16000), 16000)
        self.assert_refused(run("transcribe", path, "-o", self.folder / "no" / "x.mid"), 1, "x.mid", "No such file")
        self.assert_refused(run("transcribe", path, "-o", self.folder), 1, "directory")
        self.assert_refused(run("transcribe", path, "-d", self.folder / "no"), 1, "not a folder")
        self.assert_refused(run("transcribe", path, "-o", self.folder / "y.mid", "--events", self.folder / "no" / "e"), 1, "No such file")
        self.assertFalse((self.folder / "y.mid").exists())
        if os.path.exists("/dev/full"):
            self.assert_refused(run("transcribe", path, "-o", self.folder / "z.mid", "--events", "/dev/full"), 1, "/dev/full")

    def test_bad_weights(self):
        path, weights = self.folder / "in.wav", self.folder / "w.gguf"
        write_wav(path, samples(0.5, 16000), 16000)
        self.assert_refused(run("transcribe", path, "--model", weights, "-o", self.folder / "x.mid"), 1, "w.gguf")
        good = (Path(__file__).parent.parent / "models" / "piano.gguf").read_bytes()
        for data in (b"", b"GGUF", b"x" * 1000, good[:5000], good[:-2000], good[:4] + b"\xff" * 20 + good[24:]):
            weights.write_bytes(data)
            self.assert_refused(run("transcribe", path, "--model", weights, "-o", self.folder / "x.mid"), 1, "w.gguf")
        weights.write_bytes(good)
        self.assertEqual(run("transcribe", path, "--model", weights, "-o", self.folder / "x.mid").returncode, 0)

    def test_wrong_calls(self):
        for arguments in ((), ("nonsense",), ("transcribe",), ("transcribe", "--nonsense", "x"), ("transcribe", "a", "b"),
                          ("transcribe", "a", "-o"), ("transcribe", "a", "--lookahead", "fast"), ("transcribe", "a", "--lookahead", "5"),
                          ("transcribe", "a", "-j", "0"), ("transcribe", "a", "--quantize", "1/7"), ("transcribe", "a", "--key", "H"),
                          ("transcribe", "a", "--sustain", "maybe"), ("transcribe", "a", "--only-piano"),
                          ("transcribe", "a", "-o", "b", "-d", "c"), ("devices", "x"), ("live", "x.wav"), ("live", "--timing", "slow"),
                          ("live", "--timing", "steady:5"), ("live", "--range", "C4:C3"), ("live", "--channel", "17"),
                          ("live", "--transpose", "1.5"), ("live", "--backend", "x"), ("live", "--input"), ("live", "--a4", "300"),
                          ("live", "--velocity-curve", "0"), ("live", "--sustain", "x"), ("live", "--seconds", "-1")):
            self.assert_refused(run(*arguments), 2)

    def test_features(self):
        path = self.folder / "in.wav"
        write_wav(path, samples(1, 32000), 32000)
        for kind, shape in (("stft", "(62, 1025)"), ("mel", "(62, 80)"), ("logmel", "(62, 80)"), ("piano", "(99, 300, 3)")):
            out = self.folder / "f.npy"
            self.assertEqual(run("features", path, "--kind", kind, "-o", out).returncode, 0)
            data = out.read_bytes()
            self.assertEqual(data[:8], b"\x93NUMPY\x01\x00")
            self.assertIn(shape, data[:128].decode("latin1"))
            count = math.prod(int(n) for n in shape.strip("()").split(","))
            self.assertEqual(len(data), 128 + 4 * count)
            self.assertTrue(all(math.isfinite(v) for v in struct.unpack("<%df" % count, data[128:])))
        out = self.folder / "f.csv"
        self.assertEqual(run("features", path, "--kind", "mel", "--bands", 10, "--hop", 1000, "-o", out).returncode, 0)
        self.assertEqual([len(line.split(",")) for line in out.read_text().splitlines()], [10] * 32)
        self.assert_refused(run("features", path, "--kind", "mfcc", "-o", out), 2, "mfcc")
        self.assert_refused(run("features", path, "--kind", "mel", "-o", self.folder / "f.txt"), 1, "f.txt")
        self.assert_refused(run("features", path, "--kind", "mel", "--size", "63", "-o", out), 2)
        self.assert_refused(run("features", self.folder / "no.wav", "--kind", "mel", "-o", out), 1, "no.wav")

    def test_models(self):
        folder = Path(__file__).parent.parent / "models"
        environment = dict(os.environ, COCHLEA_MODELS=str(folder))
        result = run("models", env=environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        digest = hashlib.sha256((folder / "piano.gguf").read_bytes()).hexdigest()
        self.assertEqual(result.stdout.decode().count(digest[:16]), 2)
        self.assertEqual(run("models", "check", env=environment).returncode, 0)
        self.assertIn(b"cochlea.piano.deadlines", run("models", "show", "piano", env=environment).stdout)
        (self.folder / "piano.gguf").write_bytes((folder / "piano.gguf").read_bytes()[:-1] + b"x")
        (self.folder / "SHA256SUMS").write_text(digest + "  piano.gguf\n")
        self.assertEqual(run("models", "check", env=dict(os.environ, COCHLEA_MODELS=str(self.folder))).returncode, 1)
        self.assert_refused(run("models", "show", "nothing", env=environment), 1, "nothing")
        self.assert_refused(run("models", "nonsense"), 2)

    def test_bench(self):
        out = self.folder / "b.json"
        result = run("bench", "--seconds", 1, "--json", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        figures = json.loads(out.read_text())
        self.assertGreater(figures["realtime_factor"], 0)
        self.assertIn("c", figures["kernels"])

    def test_help(self):
        for arguments in (("--help",), ("transcribe", "--help"), ("features", "--help"), ("models", "--help"), ("bench", "--help"),
                          ("--version",)):
            result = run(*arguments)
            self.assertEqual(result.returncode, 0)
            self.assertEqual(result.stderr, b"")
            self.assertTrue(result.stdout)

    def test_quantize_and_key(self):
        for extra in (("--quantize", "auto"), ("--quantize", "1/16", "--key", "auto"), ("--key", "D"), ("--sustain", "on")):
            out = self.folder / "q.mid"
            self.assertEqual(run("transcribe", DEMO, "-o", out, *extra).returncode, 0)
            self.assertGreater(out.stat().st_size, 1000)


if __name__ == "__main__":
    unittest.main()
