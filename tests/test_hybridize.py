#!/usr/bin/python3
"""`cochlea hybridize` from outside: all targets and methods, lengths and channels, mixes, wrong calls, broken files.

    test_hybridize.py PROGRAM
"""
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
MODELS = Path(__file__).parent.parent / "models"
TARGETS = ("violin", "clarinet", "flute", "trumpet", "tenor_sax", "distorted_guitar", "female_voice", "organ")
RATE = 44100


def run(*arguments, models=MODELS, **options):
    environment = dict(os.environ, COCHLEA_MODELS=str(models))
    return subprocess.run([PROGRAM, "hybridize", *map(str, arguments)], capture_output=True, timeout=300, env=environment, **options)


def plucked(seconds, rate, seed=1):
    """Some struck notes with partials up to the top, a little noise."""
    out, r = [0.0] * int(seconds * rate), random.Random(seed)
    for k, note in enumerate((52, 59, 64, 57)):
        f, start = 440 * 2 ** ((note - 69) / 12), int(k * seconds / 4 * rate)
        for h in range(1, 20):
            if f * h < 0.45 * rate:
                for i in range(start, min(len(out), start + int(0.24 * rate))):
                    t = (i - start) / rate
                    out[i] += 0.25 / h * math.exp(-t * (2 + h)) * math.sin(2 * math.pi * f * h * t)
    return [v + 1e-4 * r.uniform(-1, 1) for v in out]


def write_wav(path, channels, rate=RATE):
    with wave.open(str(path), "wb") as w:
        w.setparams((len(channels), 2, rate, 0, "NONE", ""))
        w.writeframes(b"".join(struct.pack("<h", max(-32767, min(32767, round(32767 * c[i])))) for i in range(len(channels[0])) for c in channels))


def read_wav(path):
    """(rate, channels): 24-bit samples as floats."""
    with wave.open(str(path), "rb") as w:
        count, width, rate, frames = w.getnchannels(), w.getsampwidth(), w.getframerate(), w.readframes(w.getnframes())
    assert width == 3, width
    values = [int.from_bytes(frames[i:i + 3], "little", signed=True) / 2 ** 23 for i in range(0, len(frames), 3)]
    return rate, [values[c::count] for c in range(count)]


def power(x):
    return sum(v * v for v in x)


def correlation(a, b):
    return sum(x * y for x, y in zip(a, b)) / math.sqrt(power(a) * power(b) + 1e-30)


class Hybridize(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sound = plucked(1.0, RATE)

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.source, self.out = self.folder / "in.wav", self.folder / "out.wav"
        write_wav(self.source, [self.sound])

    def tearDown(self):
        self.temporary.cleanup()

    def good(self, *arguments, **options):
        result = run(self.source, "-o", self.out, *arguments, **options)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        return read_wav(self.out)[1]

    def assert_refused(self, result, code, *words):
        self.assertEqual(result.returncode, code, result.stderr)
        lines = result.stderr.decode().strip().splitlines()
        self.assertEqual(len(lines), 1, lines)
        for word in words:
            self.assertIn(word, lines[0])
        self.assertEqual(list(self.folder.glob("out*")), [])

    def test_every_target_and_method(self):
        heard = set()
        for target in TARGETS:
            for method in ("autoencoder", "envelope", "mosaic"):
                [result] = self.good("--target", target, "--method", method)
                self.assertEqual(len(result), len(self.sound))
                self.assertLess(abs(10 * math.log10(power(result) / power(self.sound))), 1)
                self.assertLessEqual(max(map(abs, result)), 1)
                heard.add(tuple(result[20000:20100]))
        self.assertEqual(len(heard), 3 * len(TARGETS))

    def test_list_names_the_targets(self):
        result = run("--target", "list")
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stdout.decode().split(), list(TARGETS))

    def test_mix_0_is_the_input_in_its_place(self):
        [result] = self.good("--target", "violin", "--mix", 0)
        self.assertLess(max(abs(a - b) for a, b in zip(result, self.sound)), 1 / 30000)

    def test_halves_of_mix_add_up(self):
        [dry], [wet] = self.good("--target", "organ", "--mix", 0), self.good("--target", "organ")
        [half] = self.good("--target", "organ", "--mix", 0.5)
        self.assertLess(max(abs(h - (d + w) / 2) for h, d, w in zip(half, dry, wet)), 1e-5)

    def test_morph_goes_from_one_to_the_other(self):
        for method in ("autoencoder", "envelope", "mosaic"):
            [first], [last] = self.good("--target", "organ", "--method", method), self.good("--target", "violin", "--method", method)
            [same] = self.good("--target", "organ,violin", "--morph", 0, "--method", method)
            [other] = self.good("--target", "organ,violin", "--morph", 1, "--method", method)
            [between] = self.good("--target", "organ,violin", "--morph", 0.5, "--method", method)
            for a, b in ((first, same), (last, other)):
                self.assertLess(max(abs(x - y) for x, y in zip(a, b)), 1e-4)
            for end in (first, last):
                self.assertGreater(max(abs(x - y) for x, y in zip(end, between)), 1e-3)

    def test_stereo_stays_stereo_and_rates_stay(self):
        for rate in (22050, 48000, 96000):
            left = plucked(0.5, rate)
            write_wav(self.source, [left, [0.5 * v for v in left]], rate)
            result = run(self.source, "-o", self.out, "--target", "trumpet")
            self.assertEqual(result.returncode, 0, result.stderr)
            found, (a, b) = read_wav(self.out)
            self.assertEqual((found, len(a)), (rate, len(left)))
            self.assertLess(abs(power(a) / power(b) / 4 - 1), 0.1)
            self.assertGreater(correlation(a, b), 0.999)

    def test_a_recording_as_the_target(self):
        other = self.folder / "other.wav"
        write_wav(other, [[0.3 * math.copysign(1, math.sin(2 * math.pi * 220 * i / RATE)) for i in range(RATE)]])
        results = [self.good("--with", other, *more) for more in ((), ("--method", "envelope"), ("--method", "mosaic"))]
        self.assertEqual(results[0], results[1])
        self.assertNotEqual(results[1], results[2])
        self.assert_unused()
        self.assert_refused(run(self.source, "-o", self.out, "--with", other, "--method", "autoencoder"), 2)

    def assert_unused(self):
        self.out.unlink()

    def test_silence_stays_silence(self):
        self.sound = [0.0] * 20000
        write_wav(self.source, [self.sound])
        [result] = self.good("--target", "violin")
        self.assertEqual(set(result), {0.0})

    def test_one_sample_and_pipes(self):
        write_wav(self.source, [[0.5]])
        [result] = self.good("--target", "flute")
        self.assertEqual(len(result), 1)
        result = run("-", "-o", self.out, "--target", "flute", input=self.source.read_bytes())
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_options_change_the_sound(self):
        [plain] = self.good("--target", "violin")
        for option in (("--detail", 0), ("--attack", 1), ("--sustain", 1), ("--guard", 0), ("--coherence", "off"), ("--latency", 512), ("--gain", -6)):
            self.assertNotEqual(self.good("--target", "violin", *option), [plain], option)

    def test_wrong_calls(self):
        for arguments in ((), (self.source,), (self.source, "-o", self.out), (self.source, "--target", "violin"),
                          (self.source, "-o", self.out, "--target", "kazoo"), (self.source, "-o", self.out, "--target", "violin,kazoo"),
                          (self.source, "-o", self.out, "--target", "violin", "--morph", "0.5"),
                          (self.source, "-o", self.out, "--target", "violin", "--mix", "2"),
                          (self.source, "-o", self.out, "--target", "violin", "--mix", "nan"),
                          (self.source, "-o", self.out, "--target", "violin", "--method", "magic"),
                          (self.source, "-o", self.out, "--target", "violin", "--latency", "100"),
                          (self.source, "-o", self.out, "--target", "violin", "--coherence", "1"),
                          (self.source, "-o", self.out, "--target"), (self.source, self.source, "-o", self.out, "--target", "violin"),
                          (self.source, "--nonsense")):
            self.assert_refused(run(*arguments), 2)

    def test_bad_files(self):
        broken = self.folder / "broken.wav"
        broken.write_bytes(b"RIFF nothing")
        self.assert_refused(run(broken, "-o", self.out, "--target", "violin"), 1, "broken.wav")
        self.assert_refused(run(self.folder / "no.wav", "-o", self.out, "--target", "violin"), 1, "no.wav")
        self.assert_refused(run(self.source, "-o", self.out, "--with", broken), 1, "broken.wav")
        self.assert_refused(run(self.source, "-o", self.folder / "none" / "out.wav", "--target", "violin"), 1, "none/out.wav")
        quiet = self.folder / "quiet.wav"
        write_wav(quiet, [[0.0] * RATE])
        self.assert_refused(run(self.source, "-o", self.out, "--with", quiet), 1, "quiet.wav")

    def test_bad_weights(self):
        good, weights = (MODELS / "hybrid.gguf").read_bytes(), self.folder / "w.gguf"
        for data in (b"", b"GGUF", good[:1000], good[:-5000], (MODELS / "piano.gguf").read_bytes()):
            weights.write_bytes(data)
            self.assert_refused(run(self.source, "-o", self.out, "--target", "%s:violin" % weights), 1, "w.gguf")
        weights.write_bytes(good)
        self.assertEqual(run(self.source, "-o", self.out, "--target", "%s:violin,organ" % weights, "--morph", "0.3").returncode, 0)
        self.assertEqual(run(self.source, "-o", self.out, "--target", weights).returncode, 0)

    def test_help(self):
        result = run("--help")
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertIn(b"--target", result.stdout)


if __name__ == "__main__":
    unittest.main()
