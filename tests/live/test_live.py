#!/usr/bin/python3
"""From sound to MIDI under a JACK server: what is heard live is what `transcribe` hears, whatever happens on the way.

    test_live.py PROGRAM PLAYER [--short]

Nothing here depends on how busy the machine is: nets that fall behind drop hops and say so, and such a take is played again.
"""
import array
import concurrent.futures
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from takes import (RATE, Files, Live, Server, assert_resolved, message_of, playing, quantile, read_captured, read_events, read_midi,
                   read_wav, take, without_release)

SHORT = "--short" in sys.argv
sys.argv = [a for a in sys.argv if a != "--short"]
PLAYER = sys.argv.pop(2)
PROGRAM = sys.argv.pop(1)
SECONDS = 4 if SHORT else 12
ATTEMPTS = 4
SOAK_SECONDS = 300
FREEWHEEL = ("--freewheel",)


def transcribe(wav, *options):
    """Events and MIDI file of the same sound, read from the file."""
    midi, events = wav.with_suffix(".ref.mid"), wav.with_suffix(".ref.jsonl")
    subprocess.run([PROGRAM, "transcribe", wav, "-o", midi, "--events", events, "--sustain", "on", *options], check=True, capture_output=True)
    return read_events(events), midi.read_bytes()


def in_order(events):
    """In one order, whichever thread delivered them."""
    return sorted(events, key=lambda e: (e["emit"], e["t"], e["type"], e.get("note", 0)))


def offset_of(samples, raw):
    """Where the player's sound begins in a recording, which must hold all of it, sample by sample."""
    audio = array.array("f", raw.read_bytes())
    first = next(i for i, x in enumerate(audio) if x)
    offset = next(i for i, x in enumerate(samples) if x) - first
    assert offset >= 0 and samples[offset:offset + len(audio)] == tuple(audio), "the sound was changed on the way"
    return offset


class Take:
    """A finished take: what the files say, and the frame of the server at which the program's time is 0."""

    def __init__(self, files):
        self.events = read_events(files.events)
        start, self.captured = read_captured(files.captured)
        self.rate, self.samples = read_wav(files.wav.read_bytes())
        self.zero = start - offset_of(self.samples, Path(str(files.captured) + ".raw"))
        self.ons = [e for e in self.events if e["type"] == "on"]

    def delays(self):
        """Samples from each onset to its MIDI message."""
        sent = [f for f, m in self.captured if m[0] & 0xF0 == 0x90]
        return [f - self.zero - e["t"] * self.rate for f, e in zip(sent, self.ons)]

    def own_delays(self):
        return [(e["emit"] - e["t"]) * self.rate for e in self.ons]


class TakeTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="cochlea-live-"))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def files(self, name="take"):
        return Files(self.folder, name)

    def play(self, server, files, *options, seconds=SECONDS, **more):
        """A take in which no hop was dropped; sanitizers may make the nets too slow for that."""
        for _ in range(ATTEMPTS):
            live = take(PROGRAM, PLAYER, server, files, seconds, *options, **more)
            if "0 hops dropped" in live.out:
                return live
        (self.skipTest if SHORT else self.fail)("the nets fell behind %d times" % ATTEMPTS)

    def check_take(self, files):
        """Events, MIDI file and captured MIDI are those of `transcribe` on the same sound."""
        result = Take(files)
        expected, midi = transcribe(files.wav)
        self.assertGreater(len(result.ons), 3 * SECONDS)
        self.assertEqual(in_order(result.events), in_order(expected))
        self.assertEqual(files.midi.read_bytes(), midi)
        messages = [m for _, m in result.captured]
        self.assertEqual([without_release(m) for m in messages], [message_of(e) for e in result.events])
        assert_resolved(messages)
        for (frame, _), event in zip(result.captured, result.events):
            self.assertGreaterEqual(frame - result.zero, round(event["emit"] * RATE) - 3)  # the file's times have 0.1 ms
        return result


class LatencyTest(TakeTest):
    def take_at(self, backend, period):
        files = self.files("%s-%d" % (backend, period))
        with Server(period) as server:
            live = self.play(server, files, "--backend", backend, how=signal.SIGTERM if period == 256 else signal.SIGINT)
        self.assertEqual(live.error, "")
        return backend, period, self.check_take(files)

    def test_hears_what_transcribe_hears(self):
        """Both backends, at several periods; prints the latencies."""
        runs = [("jack", 128)] if SHORT else [("jack", p) for p in (64, 128, 256, 1024)] + [("portaudio", p) for p in (128, 1024)]
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            results = list(pool.map(lambda run: self.take_at(*run), runs))
        print("\nFrom onset to MIDI, in samples at %d Hz: minimum, median, 95 %% (ms)" % RATE)
        print("%-10s %6s   %-32s %-32s" % ("backend", "period", "sound to MIDI under JACK", "the engine's own"))
        for backend, period, result in results:
            cells = []
            for values in (result.delays(), result.own_delays()):
                v = [min(values), quantile(values, 0.5), quantile(values, 0.95)]
                cells.append("%5.0f %5.0f %5.0f (%4.1f %4.1f %4.1f)" % (*v, *(1000 * x / RATE for x in v)))
            print("%-10s %6d   %-32s %-32s" % (backend, period, *cells))


class LiveTest(TakeTest):
    def test_freewheel(self):
        """As fast as the nets can, with every message on its sample."""
        for period in (1024,) if SHORT else (64, 1024):
            files = self.files("freewheel-%d" % period)
            with Server(period) as server:
                self.play(server, files, flags=FREEWHEEL)
            result = self.check_take(files)
            late = [f - result.zero - round(e["emit"] * RATE) for (f, _), e in zip(result.captured, result.events)]
            self.assertLessEqual(max(late), 3)

    @unittest.skipIf(SHORT, "the sanitizers need memory of their own")
    def test_soak(self):
        """Minutes of playing while recording, as fast as the nets can: memory stays as it was, and no note hangs."""
        files, sizes = self.files("soak"), []
        with Server(1024) as server:
            live = Live(PROGRAM, server, *files.options())
            with playing(PLAYER, server, files, SOAK_SECONDS, (), *FREEWHEEL) as process:
                while process.poll() is None:
                    status = Path("/proc/%d/status" % live.process.pid).read_text()
                    sizes.append(int(re.search(r"RssAnon:\s*(\d+)", status).group(1)))
                    time.sleep(0.1)
            self.assertEqual(live.end(), 0, live.error)
        self.assertEqual(process.returncode, 0)
        early, late = sizes[len(sizes) // 3], sizes[-1]
        print("\nsoak: %d s, %s; private memory %d kB after a third, %d kB at the end" % (SOAK_SECONDS, live.out.strip().split("\n")[-1], early, late))
        self.assertLess(late - early, 2048)
        _, captured = read_captured(files.captured)
        assert_resolved([m for _, m in captured])
        self.assertGreater(len(captured), 3 * SOAK_SECONDS)

    def test_steady(self):
        """Every note as long after its onset as was asked for."""
        files = self.files()
        with Server() as server:
            live = take(PROGRAM, PLAYER, server, files, SECONDS, "--timing", "steady:120", flags=FREEWHEEL)
        result = Take(files)
        self.assertIn(" 0 notes late", live.out)
        for delay in result.delays():
            self.assertLessEqual(abs(delay - 0.120 * RATE), 4)

    def test_options(self):
        files = self.files()
        options = ["--transpose", 12, "--channel", 5, "--range", "C4:B4", "--sustain", "off", "--velocity-curve", 2, "--midi-out", "recorder"]
        with Server() as server:
            take(PROGRAM, PLAYER, server, files, SECONDS, *options[:-2], flags=FREEWHEEL)
            _, captured = read_captured(files.captured)
            notes = {m[1] for _, m in captured if m[0] == 0x94}
            self.assertGreater(len(notes), 2)
            self.assertTrue(all(72 <= n <= 83 for n in notes), notes)
            self.assertTrue(all(m[0] in (0x84, 0x94) for _, m in captured))
            assert_resolved([m for _, m in captured])
            live = Live(PROGRAM, server, "--midi-out", "nowhere")
            self.assertEqual(live.end(None), 1)
            self.assert_one_line(live.error, "nowhere")
            live = Live(PROGRAM, server, "--input", "CAPTURE_2", "--midi-out", "none", "--seconds", 0.1)
            self.assertEqual(live.end(None), 0)
            self.assertIn("system:capture_2", live.out)
            self.assertIn("no MIDI port", live.out)

    # ---- Ends that nobody asked for ----

    def assert_one_line(self, text, *words):
        self.assertEqual(len(text.strip().splitlines()), 1, text)
        for word in words:
            self.assertIn(word, text)

    def check_cut(self, files):
        """The files of a take that was cut off: whole, and all notes resolved."""
        rate, samples = read_wav(files.wav.read_bytes())
        self.assertEqual(rate, RATE)
        messages = read_midi(files.midi.read_bytes())
        assert_resolved([tuple(m) for _, m in messages])
        return len(samples) / rate, messages

    def test_server_dies(self):
        for backend in ("jack", "portaudio"):
            files, options = self.files(backend), ["--backend", backend]
            with Server() as server:
                live = Live(PROGRAM, server, *files.options(), *options)
                with playing(PLAYER, server, files, SECONDS, options, "--no-end"):
                    time.sleep(3)
                    server.stop(signal.SIGKILL)
                    status = live.end(None)
                    self.assertEqual(status, 1, live.error)
            self.assert_one_line(live.error, "the JACK server is gone")
            seconds, messages = self.check_cut(files)
            self.assertGreater(seconds, 1)
            self.assertGreater(len(messages), 4)
            events = read_events(files.events)
            assert_resolved([message_of(e) for e in events])
            self.assertEqual(sum(m[0] & 0xF0 == 0x90 for _, m in messages), sum(e["type"] == "on" for e in events))

    def test_server_comes_back(self):
        files = self.files()
        with Server() as server:
            live = Live(PROGRAM, server, "--wait", 30, *files.options())
            with playing(PLAYER, server, files, SECONDS, [], "--no-end"):
                time.sleep(3)
                server.stop(signal.SIGKILL)
            before = len(read_events(files.events))
            server.start()
            with playing(PLAYER, server, files, 4, []) as player:
                self.assertEqual(player.wait(60), 0)
            self.assertEqual(live.end(signal.SIGTERM), 0)
        self.assertEqual(len(re.findall("is gone", live.error)), 1)
        self.assertEqual(len(re.findall("is back", live.error)), 1)
        events = read_events(files.events)
        self.assertGreater(len(events), before + 4)
        assert_resolved([message_of(e) for e in events])
        seconds, _ = self.check_cut(files)
        self.assertGreater(seconds, max(e["emit"] for e in events) - 0.001)
        _, captured = read_captured(files.captured)
        assert_resolved([m for _, m in captured])

    def test_killed(self):
        """The files are valid at every moment, and lack less than a second when the program is killed."""
        for again in range(1 if SHORT else 2):
            files = self.files("killed%d" % again)
            with Server(patience_ms=300) as server:
                live = Live(PROGRAM, server, *files.options())
                with playing(PLAYER, server, files, SECONDS, [], "--no-end"):
                    until = time.monotonic() + (4 if again == 0 else 2.5)
                    looks = 0
                    while time.monotonic() < until or not files.captured.exists():
                        if files.midi.exists() and files.wav.exists() and files.events.exists():
                            looks += 1
                            read_midi(files.midi.read_bytes())
                            read_wav(files.wav.read_bytes())
                    self.assertGreater(looks, 20)
                    live.end(signal.SIGKILL)
                    time.sleep(0.2)
            seconds, messages = self.check_cut(files)
            start, captured = read_captured(files.captured)
            self.assertGreater(len(captured), 2)
            zero = start - self.offset_of_cut(files)
            last = (max(f for f, _ in captured) - zero) / RATE  # the program lived until then, at least
            self.assertGreater(seconds, last - 1)
            old = [m for f, m in captured if m[0] & 0xF0 == 0x90 and (f - zero) / RATE < last - 1]
            written = [tuple(m) for _, m in messages if m[0] & 0xF0 == 0x90]
            for message in old:
                self.assertIn(message, written)
                written.remove(message)

    def offset_of_cut(self, files):
        _, samples = read_wav(files.wav.read_bytes())
        audio = array.array("f", Path(str(files.captured) + ".raw").read_bytes())
        return next(i for i, x in enumerate(samples) if x) - next(i for i, x in enumerate(audio) if x)

    # ---- Starts ----

    def test_starts_and_stops(self):
        with Server() as server:
            for i in range(2 if SHORT else 20):
                backend = "portaudio" if i % 4 == 3 else "jack"
                live = Live(PROGRAM, server, "--backend", backend, "--seconds", 0.05 * (i % 3 + 1), "--record", self.folder / "a.mid")
                self.assertEqual(live.end(None), 0, live.error)
                self.assertEqual(live.error, "")
                self.assertEqual(read_midi((self.folder / "a.mid").read_bytes()), [])
            ports = subprocess.run(["jack_lsp"], env=server.environment, capture_output=True, check=True).stdout
            self.assertNotIn(b"Cochlea", ports)

    def test_ends_while_the_server_hangs(self):
        """A server that does not answer: the first signal ends the program while it opens, the second while it runs."""
        with Server() as server:
            running = Live(PROGRAM, server)
            self.assertIn(b"hears", running.process.stdout.readline())
            server.process.send_signal(signal.SIGSTOP)
            try:
                opening = Live(PROGRAM, server)
                time.sleep(1)
                self.assertIsNone(opening.process.poll())
                self.assertEqual(opening.end(signal.SIGTERM), 1)
                running.process.send_signal(signal.SIGINT)
                time.sleep(0.5)
                self.assertEqual(running.end(signal.SIGINT), 1)
            finally:
                server.process.send_signal(signal.SIGKILL)

    def test_two_at_once(self):
        with Server() as server:
            lives = [Live(PROGRAM, server, "--seconds", 0.5) for _ in range(2)]
            self.assertEqual([live.end(None) for live in lives], [0, 0])
            self.assertEqual(len({live.out.splitlines()[0] for live in lives}), 2)  # each with a name of its own

    def test_without_realtime_rights(self):
        prefix = []
        if os.geteuid() == 0:
            prefix = ["setpriv", "--bounding-set", "-sys_nice", "--inh-caps", "-sys_nice"]
        files = self.files()
        with Server(1024) as server:
            live = take(PROGRAM, PLAYER, server, files, 4, prefix=["sh", "-c", 'ulimit -r 0; exec "$@"', "sh", *prefix])
        self.assert_one_line(live.error, "no real-time priority")
        result = Take(files)
        self.assertGreater(len(result.ons), 3)
        if "0 hops dropped" in live.out:
            expected, _ = transcribe(files.wav)
            self.assertEqual(in_order(result.events), in_order(expected))

    def test_failures(self):
        with Server() as nowhere:  # its name, once it has gone
            pass
        missing = self.folder / "no" / "x.mid"
        for options, words in ((["--backend", "jack"], ["JACK server"]), (["--backend", "portaudio"], ["sound card"]),
                               ([], ["JACK server", "sound card"]), (["--model", missing], [str(missing)])):
            live = Live(PROGRAM, nowhere, *options)
            self.assertEqual(live.end(None), 1)
            self.assert_one_line(live.error, *words)
        devices = subprocess.run([PROGRAM, "devices"], env=nowhere.environment, capture_output=True, check=True)
        self.assertEqual(devices.stderr, b"")
        for word in (b"JACK: ", b"PortAudio: ", b"RtMidi: "):
            self.assertIn(word, devices.stdout)
        with Server() as server:
            for options, words in ((["--input", "nothing"], ["nothing"]), (["--input", "99"], ["99"]),
                                   (["--input", "nothing", "--backend", "portaudio"], ["nothing"]),
                                   (["--midi-out", "nothing", "--backend", "portaudio"], ["nothing"]),
                                   (["--record", missing], [str(missing), "No such file"]),
                                   (["--record-audio", missing], [str(missing)]), (["--events", missing], [str(missing)])):
                live = Live(PROGRAM, server, *options)
                self.assertEqual(live.end(None), 1)
                self.assert_one_line(live.error, *words)
            devices = subprocess.run([PROGRAM, "devices"], env=server.environment, capture_output=True, check=True)
            self.assertEqual(devices.stderr, b"")
            self.assertIn(b"system:capture_1", devices.stdout)
            self.assertIn(b"44100 Hz", devices.stdout)
        with Server(1024, 4000) as server:
            live = Live(PROGRAM, server)
            self.assertEqual(live.end(None), 1)
            self.assert_one_line(live.error, "4000 Hz")

    def test_alsa(self):
        """Through PortAudio's ALSA, with a file in the place of a sound card: the sound arrives unchanged."""
        sound = array.array("f", [0.5 * ((i * 7919) % 2001 / 1000 - 1) for i in range(RATE)])
        stereo = array.array("f", [x for x in sound for _ in range(2)])
        (self.folder / "in.raw").write_bytes(stereo.tobytes())
        (self.folder / ".asoundrc").write_text("pcm.!default { type file slave.pcm null file /dev/null infile %s/in.raw format raw }\n"
                                               "ctl.!default { type null }\n" % self.folder)
        environment = dict(os.environ, HOME=str(self.folder), JACK_DEFAULT_SERVER="cochlea_no_such_server")
        devices = subprocess.run([PROGRAM, "devices"], env=environment, capture_output=True, check=True)
        if not re.search(rb"\d +default +ALSA", devices.stdout):
            self.skipTest("this ALSA has no file plugin")
        wav = self.folder / "out.wav"
        result = subprocess.run([PROGRAM, "live", "--headless", "--midi-out", "none", "--seconds", "1", "--record-audio", wav], env=environment,
                                capture_output=True, timeout=60)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        rate, samples = read_wav(wav.read_bytes())
        self.assertEqual(rate, RATE)
        self.assertEqual(array.array("f", samples), sound)

    def test_disk_full(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with Server() as server:
            live = Live(PROGRAM, server, "--events", self.folder / "e.jsonl", "--record", "/dev/full", "--seconds", 0.5)
            self.assertEqual(live.end(None), 1)
            self.assert_one_line(live.error, "/dev/full")


if __name__ == "__main__":
    if not shutil.which("jackd"):
        sys.exit(77)
    unittest.main()
