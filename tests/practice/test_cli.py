#!/usr/bin/python3
"""`cochlea practice` from outside: a good take, planted mistakes, bad input, the memory.

    test_cli.py PROGRAM
"""
import array
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import wave
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import evaluate
import midi
import scores
from student import Student

PROGRAM = sys.argv.pop(1)


def mix(first, second, out, decibel):
    """The second sound at `decibel` relative to the first, into the first."""
    a, b = scores.read_mono(first), scores.read_mono(second)
    gain = (scores.power(a) / scores.power(b)) ** 0.5 * 10 ** (decibel / 20)
    b.extend([0] * max(0, len(a) - len(b)))
    with wave.open(str(out), "wb") as w:
        w.setparams((1, 2, 44100, 0, "NONE", ""))
        w.writeframes(array.array("h", (max(-32767, min(32767, int(0.7 * (x + gain * y)))) for x, y in zip(a, b))).tobytes())


class Practice(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.score = self.folder / "score.mid"
        scores.write(self.score)
        self.environment = dict(os.environ, XDG_DATA_HOME=str(self.folder / "data"))

    def tearDown(self):
        self.temporary.cleanup()

    def run_it(self, *arguments):
        return subprocess.run([PROGRAM, "practice", *map(str, arguments)], capture_output=True, timeout=300, env=self.environment)

    def assert_refused(self, result, code, *words):
        self.assertEqual(result.returncode, code, result.stderr)
        lines = result.stderr.decode().strip().splitlines()
        self.assertEqual(len(lines), 1, lines)
        for word in words:
            self.assertIn(word, lines[0])

    def student(self, **options):
        score = midi.Score(self.score)
        settings = dict(seconds=50.0, mistakes=0.0, stumble_every=999.0, skips=0, returns=0)
        settings.update(options)
        return Student(3, score.chords(), score.bar, **settings).perform()

    def perform(self, student):
        take = self.folder / "take.mid"
        midi.write_performance(take, student.played)
        return take

    def report(self, *arguments):
        out = self.folder / "report.json"
        result = self.run_it(self.score, "--report", out, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, b"")
        return json.loads(out.read_text())

    def test_right_notes(self):
        for kind in (0, 1):
            scores.write(self.score, kind=kind)
            student = self.student()
            report = self.report("--from-midi", self.perform(student), "--no-store")
            played = len(student.played)
            self.assertGreaterEqual(report["totals"]["hit"], 0.98 * played)
            self.assertEqual(report["totals"]["wrong"] + report["totals"]["missed"] + report["totals"]["extra"], 0)
            self.assertEqual(len(report["notes"]), report["totals"]["expected"])

    def test_planted_mistakes(self):
        student = self.student(mistakes=0.12, stumble_every=15.0, skips=1, returns=1)
        tally, details = evaluate.Tally(), []
        take = self.perform(student)
        report, lines = evaluate.run(PROGRAM, self.score, take, "midi", self.folder)
        evaluate.judge_notes(student, report, tally, details)
        evaluate.judge_breaks(student, report, tally)
        found = evaluate.errors(student, lines)
        total = evaluate.summary(tally, [e for _, e in found], evaluate.beats(student, evaluate.recoveries(student, found, lines)))
        self.assertGreater(total["mistakes planted"], 5)
        self.assertGreaterEqual(total["judged right"], 0.95, (total, details))
        self.assertGreaterEqual(total["mistakes found"], 0.9, (total, details))
        self.assertLessEqual(total["falsely accused"], 0.02, (total, details))
        self.assertGreaterEqual(total["position within 150 ms"], 0.9, total)

    def test_same_twice(self):
        take = self.perform(self.student(mistakes=0.1, stumble_every=12.0))
        first = self.report("--from-midi", take, "--no-store")
        self.assertEqual(first, self.report("--from-midi", take, "--no-store"))

    def test_one_hand(self):
        student = self.student()
        report = self.report("--from-midi", self.perform(student), "--hand", "right", "--no-store")
        self.assertEqual({n["hand"] for n in report["notes"]}, {"right"})
        self.assertEqual(report["totals"]["extra"], 0)          # the left hand is none of its business
        self.assertEqual(report["totals"]["missed"], 0)

    def test_modes(self):
        score = midi.Score(self.score)
        steady = Student(1, score.chords(), score.bar, seconds=50.0, drift=0.0, rubato=0.0, jitter=0.0, spread=0.001, mistakes=0.0,
                         stumble_every=999.0, skips=0, returns=0, rate=0.8).perform()
        take = self.perform(steady)
        for options, state in ((("--tempo", "80"), "hit"), (("--wait",), "hit")):
            report = self.report("--from-midi", take, "--no-store", *options)
            self.assertGreaterEqual(report["totals"][state], 0.97 * len(steady.played), options)
        report = self.report("--from-midi", take, "--no-store", "--tempo", "100")  # too slow for that clock
        self.assertGreater(report["totals"]["late"], 0.8 * len(steady.played))

    def test_loop_is_ranged(self):
        report = self.report("--from-midi", self.perform(self.student()), "--loop", "2:5", "--no-store")
        self.assertEqual({n["bar"] for n in report["notes"]}, {2, 3, 4, 5})

    def test_band(self):
        band = self.folder / "band.mid"
        take = self.perform(self.student(drift=0.0, rubato=0.0, rate=1.0))
        self.report("--from-midi", take, "--no-store", "--hand", "right", "--accompany", "--metronome", "--band", band, "--tempo",
                    "100", "--count-in", "1")
        _, tracks = midi.read_file(band)
        ons = [e for t in tracks for e in t if e[1] in (0x90, 0x99) and e[2][1]]
        left = [n for n in midi.Score(self.score).notes if n["pitch"] < 60]
        self.assertGreater(sum(e[1] == 0x99 for e in ons), 60)
        self.assertGreater(sum(e[1] == 0x90 for e in ons), 0.5 * len(left))

    def test_memory(self):
        take = self.perform(self.student())
        for _ in range(2):
            self.report("--from-midi", take)
        self.assertTrue((self.folder / "data" / "cochlea" / "practice.db").exists())
        history = self.run_it(self.score, "--history")
        self.assertEqual(len(history.stdout.decode().strip().splitlines()), 2, history)
        library = self.run_it("--library", self.folder)
        self.assertIn(b"right", library.stdout)
        out = self.folder / "all.json"
        self.assertEqual(self.run_it("--export", out).returncode, 0)
        exported = json.loads(out.read_text())
        self.assertEqual(len(exported["sittings"]), 2)
        self.assertGreater(len(exported["sittings"][0]["bars"]), 10)
        table = self.folder / "all.csv"
        self.assertEqual(self.run_it("--export", table).returncode, 0)
        self.assertGreater(len(table.read_text().splitlines()), 20)

    def test_refusals(self):
        take = self.perform(self.student())
        broken = self.folder / "broken.mid"
        broken.write_bytes(self.score.read_bytes()[:300])
        empty = self.folder / "empty.mid"
        midi.write_file(empty, [midi.track([])])
        self.assert_refused(self.run_it(), 2, "no score")
        self.assert_refused(self.run_it(self.score, "--window"), 2, "--from-file")
        self.assert_refused(self.run_it(self.folder / "none.mid", "--from-midi", take), 1, "none.mid", "No such file")
        self.assert_refused(self.run_it(broken, "--from-midi", take), 1, "broken.mid", "damaged")
        self.assert_refused(self.run_it(empty, "--from-midi", take), 1, "empty.mid", "no notes")
        self.assert_refused(self.run_it(self.score, "--from-midi", broken), 1, "broken.mid")
        self.assert_refused(self.run_it(self.score, "--from-file", self.folder / "none.wav"), 1, "none.wav")
        self.assert_refused(self.run_it(self.score, "--from-file", self.score), 1, "score.mid")
        self.assert_refused(self.run_it(self.score, "--from-midi", take, "--loop", "3:99"), 1, "bars")
        self.assert_refused(self.run_it(self.score, "--from-midi", take, "--loop", "5:3"), 2, "--loop")
        self.assert_refused(self.run_it(self.score, "--from-midi", take, "--tempo", "10"), 2, "--tempo")
        self.assert_refused(self.run_it(self.score, "--from-midi", take, "--hand", "third"), 2, "--hand")
        self.assert_refused(self.run_it(self.score, "--from-midi", take, "--bogus"), 2, "--bogus")
        self.assert_refused(self.run_it(self.score, "--from-midi", take, "--accompany"), 2, "--hand")
        self.assert_refused(self.run_it(self.score, "--from-midi", take, "--input", "mic"), 1, "mic", "set up")
        endless = self.folder / "endless.mid"
        midi.write_file(endless, [midi.track([(0, midi.tempo(4)), (0x0FFFFFFF, bytes([0x90, 60, 60]))])], division=24)
        self.assert_refused(self.run_it(self.score, "--from-midi", endless), 1, "endless.mid", "longer")
        report = self.folder / "none" / "report.json"
        self.assert_refused(self.run_it(self.score, "--from-midi", take, "--report", report), 1, "report.json")
        self.assert_refused(self.run_it(self.score, "--from-midi", take, "--store", self.score), 1, "score.mid")
        self.assertEqual(sorted(p.name for p in self.folder.glob("*.tmp")), [])

    def sounds(self):
        font = scores.font()
        if not shutil.which("fluidsynth") or not font:
            self.skipTest("needs fluidsynth and a sound font")
        return font

    def test_band_is_not_the_player(self):
        """The other hand comes out of the loudspeaker and into the microphone, 12 dB below the playing."""
        font, band, take, mixed = self.sounds(), self.folder / "band.wav", self.folder / "take.wav", self.folder / "mixed.wav"
        options = ("--no-store", "--hand", "right", "--accompany", "--metronome", "--tempo", "80", "--count-in", "1")
        score = midi.Score(self.score)
        bar = 4 * 60 / 100 / 0.8
        steady = Student(1, score.chords(), score.bar, seconds=20.0, drift=0.0, rubato=0.0, jitter=0.01, spread=0.005, mistakes=0.0,
                         stumble_every=999.0, skips=0, returns=0, rate=0.8).perform()
        right = [(a - 1.0 + bar, b - 1.0 + bar, p, v) for a, b, p, v in steady.played if p >= 60]
        performance = self.folder / "right.mid"
        midi.write_performance(performance, right)
        result = self.run_it(self.score, "--from-midi", performance, "--band", band, "--soundfont", font, *options)
        if b"without FluidSynth" in result.stderr:
            self.skipTest("built without FluidSynth")
        self.assertEqual(result.returncode, 0, result.stderr)
        subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.6", "-r", "44100", "-F", str(take), str(font), str(performance)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        mix(take, band, mixed, -12.0)
        report = self.report("--from-file", mixed, *options)
        self.assertGreater(report["excluded"], 12)
        self.assertLessEqual(report["totals"]["extra"], 2, report["extra"])
        self.assertGreaterEqual(report["totals"]["hit"], 0.8 * len(right))
        self.assertLessEqual(report["totals"]["missed"] + report["totals"]["wrong"], 0.05 * len(right))

    def test_heard(self):
        """By the ear, where FluidSynth and a sound font are installed."""
        font = self.sounds()
        student = self.student(seconds=25.0, mistakes=0.08, stumble_every=12.0)
        take, sound = self.perform(student), self.folder / "take.wav"
        subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.6", "-r", "44100", "-F", str(sound), str(font), str(take)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        tally, details = evaluate.Tally(), []
        report, _ = evaluate.run(PROGRAM, self.score, sound, "file", self.folder)
        evaluate.judge_notes(student, report, tally, details)
        right = {k: tally.get("hit -> " + k, 0) for k in ("hit", "unsure", "early", "late", "wrong", "missed")}
        self.assertGreaterEqual(right["hit"], 0.85 * sum(right.values()), (right, details))
        self.assertLessEqual(right["wrong"] + right["missed"], 0.05 * sum(right.values()), (right, details))


if __name__ == "__main__":
    unittest.main()
