"""What the end-to-end tests are made of: a JACK server of their own, a take through the program, readers of its files."""
import contextlib
import fcntl
import json
import os
import signal
import struct
import subprocess
import tempfile
import time
from pathlib import Path

DEMO = Path(__file__).parents[2] / "assets" / "demo.flac"
RATE = 44100  # the demo's, so that nothing is resampled on the way
NAMES = 4  # JACK has room for eight servers on a machine


def take_name():
    """A server name that nobody else uses, and the open file that keeps it. The names are few and always the same: JACK frees the place
    of a server that was killed only when one of the same name starts."""
    while True:
        for i in range(NAMES):
            name = "cochlea_test_%d_%d" % (os.getuid(), i)
            lock = open(Path(tempfile.gettempdir()) / (name + ".lock"), "w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return name, lock
            except BlockingIOError:
                lock.close()
        time.sleep(0.2)


def end_left_over(name):
    """Ends a server of that name, which a test that was killed has left behind: whoever holds the lock may."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
            if words[0].endswith(b"jackd") and b"-n" in words and words[words.index(b"-n") + 1] == name.encode():
                os.kill(int(path.parent.name), signal.SIGKILL)
        except (OSError, IndexError):
            pass


class Server:
    """jackd with the dummy driver: no sound card, the machine's clock."""

    def __init__(self, period=128, rate=RATE, patience_ms=20000):
        self.name, self.lock = take_name()
        self.period, self.rate, self.process = period, rate, None
        self.patience_ms = patience_ms  # with clients that do not answer: the machine may be busy
        self.environment = dict(os.environ, JACK_DEFAULT_SERVER=self.name, JACK_NO_AUDIO_RESERVATION="1")

    def start(self):
        end_left_over(self.name)
        for realtime in (["-R", "-P70"], ["-r"]):  # -r: where real-time priority is refused
            self.process = subprocess.Popen(
                ["jackd", "-S", *realtime, "-t", str(self.patience_ms), "-n", self.name, "-d", "dummy", "-r", str(self.rate), "-p", str(self.period)],
                env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            until = time.monotonic() + 15
            while time.monotonic() < until and self.process.poll() is None:
                wait = subprocess.run(["jack_wait", "-s", self.name, "-w", "-t", "1"], env=self.environment, capture_output=True)
                if b"available" in wait.stdout and b"not" not in wait.stdout:
                    return
            self.stop()
        raise RuntimeError("jackd did not start")

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        """Leaves nothing behind, whatever happened."""
        try:
            if self.process.poll() not in (None, 0):  # killed: another one clears up after it
                self.start()
            self.stop()
        finally:
            self.lock.close()
            for path in Path("/dev/shm").glob("jack_sem.*_%s_*" % self.name):
                path.unlink(missing_ok=True)


class Files:
    """The three files of a take."""

    def __init__(self, folder, name):
        self.midi, self.wav, self.events = (Path(folder) / (name + end) for end in (".mid", ".wav", ".jsonl"))
        self.captured = Path(folder) / (name + ".take")

    def options(self):
        return ["--record", self.midi, "--record-audio", self.wav, "--events", self.events]


class Live:
    """The program, listening."""

    def __init__(self, program, server, *options, prefix=()):
        self.process = subprocess.Popen([*prefix, program, "live", "--headless", *map(str, options)], env=server.environment,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.out = self.error = None

    def end(self, how=signal.SIGINT, timeout=60):
        """Ends it (or waits, with `how` None) and returns the exit status."""
        if how is not None:
            self.process.send_signal(how)
        try:
            out, error = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, error = self.process.communicate()
            raise AssertionError("does not end: %r %r" % (out, error)) from None
        self.out, self.error = out.decode(), error.decode()
        return self.process.returncode


def midi_port(options):
    return "Cochlea MIDI:midi_out" if "portaudio" in options else "Cochlea:midi_out"


@contextlib.contextmanager
def playing(player, server, files, seconds, options, *flags):
    """The other end of the cable, playing while the block runs."""
    with open(str(files.captured) + ".log", "w") as log:
        process = subprocess.Popen([player, DEMO, str(seconds), "Cochlea", midi_port(options), files.captured, *flags], env=server.environment,
                                   stdout=log, stderr=log)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def take(program, player, server, files, seconds, *options, flags=(), how=signal.SIGINT, prefix=()):
    """A whole take; returns the ended program."""
    live = Live(program, server, *files.options(), *options, prefix=prefix)
    try:
        with playing(player, server, files, seconds, options, *flags) as process:
            if process.wait(180) != 0:
                raise AssertionError("the player failed: " + Path(str(files.captured) + ".log").read_text())
    finally:
        status = live.end(how)
    if status != 0:
        raise AssertionError("exit status %d: %s" % (status, live.error))
    return live


# ---- Files ----

def read_events(path):
    lines = path.read_text().split("\n")
    return [json.loads(line) for line in lines[:-1]]  # a killed program may leave a last line that is not whole


def read_wav(data):
    """Rate and samples of a WAV of 32-bit floats, strictly."""
    assert data[:4] == b"RIFF" and data[8:12] == b"WAVE", data[:12]
    assert struct.unpack("<I", data[4:8])[0] + 8 <= len(data)
    at, rate = 12, None
    while at + 8 <= len(data):
        name, size = data[at:at + 4], struct.unpack("<I", data[at + 4:at + 8])[0]
        assert at + 8 + size <= len(data), "chunk %r is cut" % name
        if name == b"fmt ":
            kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", data[at + 8:at + 24])
            assert (kind, channels, bits) == (3, 1, 32)
        if name == b"data":
            return rate, struct.unpack("<%df" % (size // 4), data[at + 8:at + 8 + size // 4 * 4])
        at += 8 + size + size % 2
    raise AssertionError("no data")


def read_variable(data, at):
    value = 0
    for i in range(4):
        value = value << 7 | data[at + i] & 0x7F
        if data[at + i] < 0x80:
            return value, at + i + 1
    raise AssertionError("a number of more than four bytes")


def read_midi(data):
    """The channel messages (tick, bytes) of a MIDI file, strictly: nothing missing, nothing behind."""
    assert data[:8] == b"MThd\0\0\0\6", data[:8]
    _, tracks, _ = struct.unpack(">HHH", data[8:14])
    at, messages = 14, []
    for _ in range(tracks):
        assert data[at:at + 4] == b"MTrk"
        end = at + 8 + struct.unpack(">I", data[at + 4:at + 8])[0]
        at, tick, ended = at + 8, 0, False
        assert end <= len(data)
        while at < end:
            assert not ended
            delta, at = read_variable(data, at)
            tick += delta
            if data[at] == 0xFF:
                size, start = read_variable(data, at + 2)
                ended, at = data[at + 1] == 0x2F, start + size
            else:
                assert 0x80 <= data[at] < 0xF0 and data[at] & 0xE0 != 0xC0
                messages.append((tick, data[at:at + 3]))
                at += 3
        assert ended and at == end
    assert at == len(data)
    return messages


def assert_resolved(messages):
    """Messages of three bytes: every note-on has its note-off, and nothing sounds at the end."""
    sounding, pedal = set(), 0
    for status, first, second in messages:
        kind = status & 0xF0
        if kind == 0x90:
            assert first not in sounding, "note %d twice" % first
            sounding.add(first)
        elif kind == 0x80:
            assert first in sounding, "note %d ends without beginning" % first
            sounding.remove(first)
        elif kind == 0xB0 and first == 64:
            pedal = second
    assert not sounding, "hanging: %s" % sounding
    assert pedal < 64, "the pedal hangs"


def message_of(event):
    """An event of a file as MIDI bytes, without the release velocity."""
    if event["type"] == "cc":
        return (0xB0, event["controller"], event["value"])
    return (0x90, event["note"], event["velocity"]) if event["type"] == "on" else (0x80, event["note"], None)


def read_captured(path):
    """The frame at which the player began, and the messages (frame, bytes) that came back."""
    lines = [line.split() for line in path.read_text().splitlines()]
    return int(lines[0][1]), [(int(f), (int(a), int(b), int(c))) for f, a, b, c in lines[1:]]


def without_release(message):
    return (message[0], message[1], None) if message[0] & 0xF0 == 0x80 else message


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]
