#!/usr/bin/python3
"""cochlea detect from outside: JSON as the contract has it, several files, failures. Usage: test_detect.py PROGRAM"""
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest
import wave

PROGRAM = None
CLASSES = ["clarinet", "distorted_electric_guitar", "female_voice", "flute", "piano", "tenor_sax", "trumpet", "violin", "other", "none"]


def run(*args, **more):
    return subprocess.run([PROGRAM, "detect", *args], capture_output=True, timeout=120, **more)


def write_wav(path, samples, rate=44100):
    with wave.open(path, "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(struct.pack("<%dh" % len(samples), *samples))


class Detect(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.silence = os.path.join(self.folder.name, "silence.wav")
        write_wav(self.silence, [0] * 110250)
        noise = 1
        samples = []
        for _ in range(66150):
            noise = (noise * 1664525 + 1013904223) % 2 ** 32
            samples.append((noise >> 16) // 16 - 2048)
        self.noise = os.path.join(self.folder.name, 'a "noise" \\ b.wav')
        write_wav(self.noise, samples, 22050)

    def tearDown(self):
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def check(self, found, path, windows):
        self.assertEqual(found["file"], path)
        self.assertEqual(list(found["p"]), CLASSES)
        self.assertAlmostEqual(sum(found["p"].values()), 1, places=2)
        self.assertEqual(found["label"], max(found["p"], key=found["p"].get))
        self.assertEqual([round(w["t"], 1) for w in found["windows"]], windows)
        for w in found["windows"]:
            self.assertEqual(w["label"], max(w["p"], key=w["p"].get))
            self.assertEqual(list(w["p"]), CLASSES)

    def test_one_file(self):
        out = self.path("one.json")
        done = run(self.silence, "--json", out, "--every", "500")
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(out, encoding="utf-8") as f:
            found = json.load(f)
        self.check(found, self.silence, [0.5, 1.0, 1.5, 2.0, 2.5])
        self.assertEqual(found["label"], "none")
        self.assertIn(b"silence.wav: none", done.stdout)
        self.assertEqual(done.stderr, b"")

    def test_several_files_on_stdout(self):
        done = run(self.silence, self.noise, "--json", "-")
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)
        self.assertEqual(len(found), 2)
        self.check(found[0], self.silence, [1.0, 2.0, 2.5])
        self.check(found[1], self.noise, [1.0, 2.0, 3.0])
        self.assertEqual(found[1]["label"], "none")

    def test_standard_input(self):
        with open(self.silence, "rb") as f:
            done = run("-", "--json", "-", stdin=f)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check(json.loads(done.stdout), "-", [1.0, 2.0, 2.5])

    def test_a_missing_file_does_not_stop_the_others(self):
        missing = self.path("missing.wav")
        done = run(missing, self.silence, "--json", "-")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn(missing.encode(), done.stderr)
        self.assertEqual([x["file"] for x in json.loads(done.stdout)], [self.silence])

    def test_nothing_heard_leaves_no_file(self):
        out = self.path("none.json")
        done = run(self.path("missing.wav"), "--json", out)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ['a "noise" \\ b.wav', "silence.wav"])

    def test_wrong_calls(self):
        for args in ([], ["--every", "50", self.silence], ["--every", "x", self.silence], ["--nonsense", self.silence], [self.silence, "--json"]):
            done = run(*args)
            self.assertEqual(done.returncode, 2, args)
            self.assertEqual(len(done.stderr.splitlines()), 1)
            self.assertEqual(done.stdout, b"")

    def test_a_model_that_is_none(self):
        done = run(self.silence, "--model", self.silence)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn(self.silence.encode(), done.stderr)

    def test_help(self):
        done = run("--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"--json", done.stdout)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
