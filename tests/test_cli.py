#!/usr/bin/python3
"""The program from outside: good and bad input, exit codes, one clear line, nothing half written.

    test_cli.py PROGRAM [CLASS]
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
import xml.etree.ElementTree
from pathlib import Path

PROGRAM = os.path.abspath(sys.argv.pop(1))
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


def write_float_wav(path, values, rate, channels=1):
    data = struct.pack("<%df" % len(values), *values)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 3, channels, rate, 4 * channels * rate,
                       4 * channels, 32, b"data", len(data))
    path.write_bytes(head + data)


class Program(unittest.TestCase):
    """What all tests use."""

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


class Transcribe(Program):
    """Recordings of all kinds become MIDI files."""

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

    def test_unusual_audio(self):
        for rate, channels in ((8000, 1), (192000, 1), (44100, 8), (11025, 2)):
            path = self.folder / "in.wav"
            write_wav(path, samples(0.5, rate), rate, channels)
            self.assertEqual(run("transcribe", path, "-o", self.folder / "x.mid").returncode, 0)
        random.seed(1)
        values = [random.choice([math.nan, math.inf, -math.inf, 1e30, 0.1, -0.1]) for _ in range(20000)]
        write_float_wav(self.folder / "nan.wav", values, 44100)
        self.assertEqual(run("transcribe", self.folder / "nan.wav", "-o", self.folder / "x.mid").returncode, 0)
        for rate in (8000, 44100, 192000):
            for channels in (1, 8):
                write_wav(self.folder / "one.wav", [0.5], rate, channels)
                result = run("transcribe", self.folder / "one.wav", "-o", self.folder / "x.mid", "--quantize", "auto", "--key", "auto", "--show")
                self.assertEqual((result.returncode, result.stderr), (0, b""))
                self.assertIn(b": 0 notes in 0.0 s", result.stdout)
                self.assertEqual((self.folder / "x.mid").read_bytes()[:4], b"MThd")

    def test_damaged_samples_are_silence(self):
        """What is no number changes nothing of what else is heard, and not the other frames of the arrays."""
        rate, values = 44100, samples(2, 44100)
        broken = list(values)
        for i in range(500, len(values), 9001):
            values[i] = 0.0
            broken[i] = (math.nan, math.inf, -math.inf)[i % 3]
        made = []
        for signal in (values, broken):
            write_float_wav(self.folder / "in.wav", signal, rate)
            self.assertEqual(run("transcribe", self.folder / "in.wav", "-o", self.folder / "o.mid").returncode, 0)
            self.assertEqual(run("features", self.folder / "in.wav", "--kind", "stft", "-o", self.folder / "o.npy").returncode, 0)
            made.append((self.folder / "o.mid").read_bytes() + (self.folder / "o.npy").read_bytes())
        self.assertEqual(*made)

    def test_eight_channels_are_one(self):
        mono = samples(1, 22050)
        write_wav(self.folder / "1.wav", mono, 22050)
        write_wav(self.folder / "8.wav", mono, 22050, 8)
        self.assertEqual(run("transcribe", self.folder / "1.wav", self.folder / "8.wav", "-d", self.folder).returncode, 0)
        self.assertEqual((self.folder / "1.mid").read_bytes(), (self.folder / "8.mid").read_bytes())

    def test_standard_input(self):
        path = self.folder / "in.wav"
        write_wav(path, samples(2, 44100), 44100)
        self.assertEqual(run("transcribe", "-", "-o", self.folder / "a.mid", input=path.read_bytes()).returncode, 0)
        self.assertEqual(run("transcribe", path, "-o", self.folder / "b.mid").returncode, 0)
        self.assertEqual((self.folder / "a.mid").read_bytes(), (self.folder / "b.mid").read_bytes())
        self.assert_refused(run("transcribe", "-", "-o", self.folder / "c.mid", input=b"nothing"), 1, "standard input")

    def test_recording_of_unknown_length(self):
        """A WAV file from a pipe, or of a recorder that was cut off, names a length that nobody knew."""
        path = self.folder / "in.wav"
        write_wav(path, samples(1, 16000), 16000)
        data = bytearray(path.read_bytes())
        data[4:8] = data[40:44] = b"\xff" * 4
        self.assertEqual(run("transcribe", "-", "-o", self.folder / "x.mid", input=bytes(data)).returncode, 0)
        flac = bytearray(DEMO.read_bytes())
        flac[21] &= 0xF0  # the count of samples in STREAMINFO, 36 bits
        flac[22:26] = bytes(4)
        result = run("transcribe", "-", "-o", self.folder / "x.mid", input=bytes(flac))
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertIn(b"in 31.5 s", result.stdout)
        (self.folder / "cut.wav").write_bytes(path.read_bytes()[:20000])
        result = run("transcribe", self.folder / "cut.wav", "-o", self.folder / "x.mid")
        self.assertEqual(result.returncode, 0)
        self.assertIn(b"in 0.6 s", result.stdout)

    def test_quantize_and_key(self):
        for extra in (("--quantize", "auto"), ("--quantize", "1/16", "--key", "auto"), ("--key", "D"), ("--sustain", "on")):
            out = self.folder / "q.mid"
            self.assertEqual(run("transcribe", DEMO, "-o", out, *extra).returncode, 0)
            self.assertGreater(out.stat().st_size, 1000)


class BadInput(Program):
    """Wrong calls and wrong files: one clear line, the right exit code, nothing half written."""

    def test_one_bad_file_stops_no_other(self):
        good, bad = self.folder / "good.wav", self.folder / "bad.wav"
        write_wav(good, samples(1, 16000), 16000)
        bad.write_bytes(b"no audio at all")
        self.assert_refused(run("transcribe", bad, good, "-d", self.folder), 1, "bad.wav")
        self.assertTrue((self.folder / "good.mid").exists())

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
        write_wav(path, [0.0] * 100, 200000)
        self.assert_fails(path, "200000 Hz")
        write_wav(path, [0.0] * 100, 44100, 65)
        self.assert_fails(path, "65 channels")
        write_wav(path, [0.1] * 100, 44100)
        for size in (4, 12, 30, 44):
            (self.folder / "head.wav").write_bytes(path.read_bytes()[:size])
            self.assert_fails(self.folder / "head.wav", "head.wav")
        (self.folder / "song.mid").write_bytes((DEMO.parent / "demo.mid").read_bytes())
        self.assert_fails(self.folder / "song.mid", "not an audio file")
        if os.geteuid() != 0:
            path.chmod(0)
            self.assert_fails(path, "Permission denied")

    def test_damaged_audio(self):
        """What can be heard of a damaged file is not passed off as the whole."""
        whole, path = DEMO.read_bytes(), self.folder / "cut.flac"
        for data, word in ((whole[:20], "cut.flac"), (whole[:300000], "cut off after"), (whole[:200000] + random.Random(2).randbytes(50000) + whole[250000:], "damaged")):
            path.write_bytes(data)
            self.assert_fails(path, "cut.flac", word)
            out = self.folder / "out.npy"
            self.assert_refused(run("features", path, "--kind", "mel", "-o", out), 1, "cut.flac")
            self.assertEqual(list(self.folder.glob("out*")), [])

    def test_unwritable_output(self):
        path = self.folder / "in.wav"
        write_wav(path, samples(0.5, 16000), 16000)
        self.assert_refused(run("transcribe", path, "-o", self.folder / "no" / "x.mid"), 1, "x.mid", "No such file")
        self.assert_refused(run("transcribe", path, "-o", self.folder), 1, "directory")
        self.assert_refused(run("transcribe", path, "-d", self.folder / "no"), 1, "not a folder")
        self.assert_refused(run("transcribe", path, "-o", self.folder / "y.mid", "--events", self.folder / "no" / "e"), 1, "No such file")
        self.assertFalse((self.folder / "y.mid").exists())
        self.assert_refused(run("features", path, "--kind", "mel", "-o", self.folder / "no" / "f.npy"), 1, "f.npy", "No such file")
        self.assert_refused(run("bench", "--json", self.folder / "no" / "b.json"), 1, "b.json", "No such file")

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs /dev/full")
    def test_full_disk(self):
        path, link = self.folder / "in.wav", self.folder / "full.npy"
        write_wav(path, samples(0.5, 16000), 16000)
        link.symlink_to("/dev/full")
        before = sorted(self.folder.iterdir())
        self.assert_refused(run("transcribe", path, "-o", self.folder / "z.mid", "--events", "/dev/full"), 1, "/dev/full", "No space")
        self.assert_refused(run("transcribe", path, "-o", "/dev/full", "--events", self.folder / "e"), 1, "/dev/full", "No space")
        self.assert_refused(run("features", path, "--kind", "mel", "-o", link), 1, "full.npy", "No space")
        self.assertEqual(sorted(self.folder.iterdir()), before)
        with open("/dev/full", "w") as full:
            for arguments in (("--help",), ("models",)):
                result = subprocess.run([PROGRAM, *arguments], stdout=full, stderr=subprocess.PIPE)
                self.assert_refused(result, 1, "standard output", "No space")

    def test_failure_leaves_older_files_alone(self):
        path, old = self.folder / "in.wav", self.folder / "old.mid"
        write_wav(path, samples(0.5, 16000), 16000)
        old.write_bytes(b"older work")
        self.assert_refused(run("transcribe", path, "-o", old, "--events", self.folder / "no" / "e"), 1, "No such file")
        self.assertEqual(old.read_bytes(), b"older work")
        self.assertEqual(run("transcribe", path, "-o", "/dev/null", "--events", "/dev/null").returncode, 0)
        self.assertTrue(os.path.exists("/dev/null") and not os.path.isfile("/dev/null"))

    def test_outputs_replace_nothing_of_the_call(self):
        path = self.folder / "in.wav"
        write_wav(path, samples(0.5, 16000), 16000)
        before = path.read_bytes()
        (self.folder / "link.wav").symlink_to(path)
        (self.folder / "sub").mkdir()
        (self.folder / "sub" / "in.flac").write_bytes(DEMO.read_bytes())
        self.assert_refused(run("transcribe", path, "-o", path), 2, "in.wav", "recording itself")
        self.assert_refused(run("transcribe", path, "-o", self.folder / "link.wav"), 2, "recording itself")
        self.assert_refused(run("transcribe", path, "-o", self.folder / "x.mid", "--events", path), 2, "recording itself")
        self.assert_refused(run("transcribe", path, "-o", self.folder / "x.mid", "--events", self.folder / "x.mid"), 2, "x.mid")
        self.assert_refused(run("transcribe", path, self.folder / "sub" / "in.flac", "-d", self.folder), 2, "in.mid", "in.flac")
        self.assertEqual(path.read_bytes(), before)
        self.assertEqual(list(self.folder.glob("*.mid")), [])

    def test_bad_weights(self):
        path, weights = self.folder / "in.wav", self.folder / "w.gguf"
        write_wav(path, samples(0.5, 16000), 16000)
        self.assert_refused(run("transcribe", path, "--model", weights, "-o", self.folder / "x.mid"), 1, "w.gguf")
        good = (Path(__file__).parent.parent / "models" / "piano.gguf").read_bytes()
        for data in (b"", b"GGUF", b"x" * 1000, good[:5000], good[:-2000], good[:4] + b"\xff" * 20 + good[24:], DEMO.read_bytes()):
            weights.write_bytes(data)
            self.assert_refused(run("transcribe", path, "--model", weights, "-o", self.folder / "x.mid"), 1, "w.gguf")
            self.assert_refused(run("models", "show", weights), 1, "w.gguf")
            self.assert_refused(run("models", env=dict(os.environ, COCHLEA_MODELS=str(self.folder))), 1, "w.gguf")
        self.assert_refused(run("transcribe", path, "--model", self.folder, "-o", self.folder / "x.mid"), 1, "not a regular file")
        self.assertFalse((self.folder / "x.mid").exists())
        weights.write_bytes(good)
        self.assertEqual(run("transcribe", path, "--model", weights, "-o", self.folder / "x.mid").returncode, 0)

    def test_wrong_calls(self):
        for arguments in ((), ("nonsense",), ("transcribe",), ("transcribe", "--nonsense", "x"), ("transcribe", "a", "b"),
                          ("transcribe", "a", "-o"), ("transcribe", "a", "--lookahead", "fast"), ("transcribe", "a", "--lookahead", "5"),
                          ("transcribe", "a", "-j", "0"), ("transcribe", "a", "--quantize", "1/7"), ("transcribe", "a", "--key", "H"),
                          ("transcribe", "a", "--sustain", "maybe"),
                          ("transcribe", "a", "-o", "b", "-d", "c"), ("",), ("--nonsense",), ("transcribe", "-x", "a"),
                          ("transcribe", "a", "--lookahead", "nan"), ("transcribe", "a", "--lookahead", ""),
                          ("transcribe", "a", "--sensitivity", "1e999"), ("transcribe", "a", "--min-confidence", "-0.1"),
                          ("transcribe", "a", "-j", "1.5"), ("transcribe", "a", "-j", "257"), ("transcribe", "a", "--events"),
                          ("transcribe", "a", "b", "-d", ".", "--events", "e"), ("features",), ("features", "a"), ("features", "a", "--kind", "mel"),
                          ("features", "a", "--kind", "mel", "-o"), ("features", "a", "b", "--kind", "mel", "-o", "c.npy"),
                          ("features", "a", "--kind", "none", "-o", "c.npy"), ("features", "a", "--kind", "", "-o", "c.npy"),
                          ("features", "a", "--nonsense"), ("features", "a", "--kind", "mel", "--hop", "0", "-o", "c.npy"),
                          ("features", "a", "--kind", "mel", "--hop", "-5", "-o", "c.npy"), ("features", "a", "--kind", "mel", "--bands", "1x", "-o", "c.npy"),
                          ("models", "show"), ("models", "show", "a", "b"), ("models", "check", "a"), ("models", "--nonsense"),
                          ("bench", "x"), ("bench", "--nonsense"), ("bench", "--json"), ("bench", "--seconds", "0"), ("bench", "--seconds", "nan"),
                          ("bench", "--seconds", "1x"), ("devices", "x"), ("live", "x.wav"), ("live", "--timing", "slow"),
                          ("live", "--timing", "steady:5"), ("live", "--range", "C4:C3"), ("live", "--channel", "17"),
                          ("live", "--transpose", "1.5"), ("live", "--backend", "x"), ("live", "--input"), ("live", "--a4", "300"),
                          ("live", "--velocity-curve", "0"), ("live", "--sustain", "x"), ("live", "--seconds", "-1")):
            with self.subTest(arguments=arguments):
                self.assert_refused(run(*arguments, cwd=self.folder), 2)
        self.assertEqual(list(self.folder.iterdir()), [])


class Commands(Program):
    """The other commands."""

    def test_picture(self):
        path, out, midi = self.folder / "in.wav", self.folder / "p.png", self.folder / "x.mid"
        write_wav(path, samples(2, 32000), 32000)
        result = run("transcribe", path, "-o", midi, "--picture", out)
        if b"without Cairo" in result.stderr:
            self.skipTest("built without Cairo")
        self.assertEqual(result.returncode, 0, result.stderr)
        data = out.read_bytes()
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", data[16:24])
        self.assertEqual(width, 3200)
        self.assertTrue(200 < height < 2000)
        out = self.folder / "p.svg"
        for extra in ((), ("--sustain", "on")):
            self.assertEqual(run("transcribe", DEMO, "-o", midi, "--picture", out, *extra).returncode, 0)
            root = xml.etree.ElementTree.parse(out).getroot()
            self.assertTrue(root.tag.endswith("svg"))
            self.assertGreater(len(list(root.iter())), 500)
        self.assert_refused(run("transcribe", path, "--picture", self.folder / "p.jpg"), 2, "p.jpg")
        self.assert_refused(run("transcribe", path, path, "-d", self.folder, "--picture", out), 2, "--picture")
        midi.unlink()
        self.assert_refused(run("transcribe", path, "-o", midi, "--picture", self.folder / "no" / "p.png"), 1, "No such file")
        self.assertFalse(midi.exists())
        if os.path.exists("/dev/full"):
            (self.folder / "full.svg").symlink_to("/dev/full")
            self.assert_refused(run("transcribe", path, "-o", midi, "--picture", self.folder / "full.svg"), 1, "full.svg")

    def test_features(self):
        path = self.folder / "in.wav"
        write_wav(path, samples(1, 32000), 32000)
        for kind, shape in (("stft", "(62, 1025)"), ("mel", "(62, 80)"), ("logmel", "(62, 80)"), ("piano", "(99, 300, 3)"), ("cqt", "(49, 96)")):
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
        self.assert_refused(run("features", "-", "--kind", "mel", "-o", out, input=b""), 1, "standard input")

    def test_features_of_little_audio(self):
        """Less than a frame gives no frames; hops may be longer than the window."""
        path, out = self.folder / "in.wav", self.folder / "f.npy"
        for count, rows in ((1, 0), (2047, 0), (2048, 1), (9000, 4)):
            write_wav(path, [0.25] * count, 44100)
            self.assertEqual(run("features", path, "--kind", "stft", "--size", 64, "--hop", 2048, "-o", out).returncode, 0)
            self.assertIn("(%d, 33)" % rows, out.read_bytes()[:128].decode("latin1"))
        write_wav(path, [0.25], 44100)
        self.assertEqual(run("features", path, "--kind", "piano", "-o", out).returncode, 0)
        self.assertIn("(0, 300, 3)", out.read_bytes()[:128].decode("latin1"))

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
        for sums, word in ((digest + "  piano.gguf", "changed"), (digest + "  other.gguf", "No such file"), (digest + "  .", "no file"),
                           ("", "no checksum"), ("hello", "no checksum"), (digest[:-1] + "  piano.gguf", "no checksum")):
            (self.folder / "SHA256SUMS").write_text(sums and sums + "\n")
            self.assert_refused(run("models", "check", env=dict(os.environ, COCHLEA_MODELS=str(self.folder))), 1, word)
        (self.folder / "SHA256SUMS").unlink()
        nowhere = dict(os.environ, COCHLEA_MODELS=str(self.folder / "nowhere"))
        self.assert_refused(run("models", "check", env=nowhere), 1, "nowhere")
        self.assert_refused(run("models", env=nowhere), 1, "nowhere")
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


if __name__ == "__main__":
    unittest.main()
