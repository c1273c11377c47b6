#!/usr/bin/python3
"""In a DAW: Ardour, without a window, under a JACK server of its own, with Scribe on a track. A recording is
played into the track; the MIDI that Ardour records on another track must be what the program hears.

    test_ardour.py lv2|vst3 PLUGIN PROGRAM JACK_TAKE

The sound is played live, so the engine's frames do not lie where they lie when a file is read: notes are the
same when they have the same key and lie within 60 ms (a doubtful one may be decided a look later), after one
shift for all, and 95 % must be the same.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FORMAT, PLUGIN, PROGRAM, JACK_TAKE = sys.argv[1], *map(Path, sys.argv[2:5])
DEMO = Path(__file__).parent.parent.parent / "assets" / "demo.flac"
SECONDS = 12.0
SKIP = 77
SERVER = f"cochlea-ardour-{os.getpid()}"
BEATS_PER_SECOND = 2  # of a new session
SCANNER = Path("/usr/lib/ardour7/ardour-vst3-scanner")
VST3_CLASS = "436F63686C6561539D1B4E0A7F26C358"


def environment(folder):
    """Nothing of the user's own: settings, caches and plugins lie in the folder."""
    e = dict(os.environ, HOME=str(folder), JACK_DEFAULT_SERVER=SERVER, JACK_NO_AUDIO_RESERVATION="1", JACK_NO_START_SERVER="1",
             COCHLEA_FOLDER=str(folder), COCHLEA_FORMAT=FORMAT, LV2_PATH=str(folder / "lv2"),
             COCHLEA_PLUGIN="urn:cochlea:scribe" if FORMAT == "lv2" else VST3_CLASS)
    for key in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "LD_LIBRARY_PATH"):
        e.pop(key, None)
    return e


def install(folder, e):
    """Puts the plugin where Ardour looks."""
    if FORMAT == "lv2":
        (folder / "lv2").mkdir()
        (folder / "lv2" / "cochlea.lv2").symlink_to(PLUGIN)
        return
    binary = folder / ".vst3" / "cochlea.vst3" / "Contents" / "x86_64-linux" / "cochlea.so"
    binary.parent.mkdir(parents=True)
    shutil.copy(PLUGIN, binary)
    old = time.time() - 3600  # the scanner's result must be younger than the plugin
    os.utime(binary, (old, old))
    lib = str(SCANNER.parent)
    scan = dict(e, LD_LIBRARY_PATH=lib, ARDOUR_DLL_PATH=lib, ARDOUR_CONFIG_PATH="/etc/ardour7", ARDOUR_DATA_PATH="/usr/share/ardour7")
    subprocess.run([SCANNER, "-q", "-f", binary.parents[2]], env=scan, check=True, timeout=120)


def wait_for(path, process, seconds):
    for _ in range(int(seconds * 10)):
        if path.exists() or process.poll() is not None:
            break
        time.sleep(0.1)
    return path.exists()


def number(data, at):
    """A MIDI file's number of variable length, and where it ends."""
    value = 0
    while True:
        byte = data[at]
        value, at = value << 7 | byte & 127, at + 1
        if byte < 128:
            return value, at


def read_notes(path):
    """(seconds, key, velocity) of each note-on of a MIDI file with one track, as Ardour writes it."""
    data, notes = path.read_bytes(), []
    assert data[:4] == b"MThd" and data[14:18] == b"MTrk"
    rate = int.from_bytes(data[12:14], "big") * BEATS_PER_SECOND
    at, tick, status = 22, 0, 0
    while at < len(data):
        delta, at = number(data, at)
        tick += delta
        if data[at] >= 128:
            status, at = data[at], at + 1
        if status in (0xF0, 0xF7, 0xFF):
            at += status == 0xFF
            length, at = number(data, at)
            at += length
            continue
        if status >> 4 == 9 and data[at + 1] > 0:
            notes.append((tick / rate, data[at], data[at + 1]))
        at += 1 if status >> 4 in (12, 13) else 2
    return notes


def play(folder, e):
    """Plays the recording into Ardour and returns the MIDI file that it recorded."""
    with open(folder / "ardour.log", "w") as log:
        ardour = subprocess.Popen(["ardour7-lua", Path(__file__).parent / "ardour.lua"], env=e, stdout=log, stderr=log)
        try:
            if not wait_for(folder / "rolling", ardour, 60):
                sys.exit("Ardour did not start:\n" + (folder / "ardour.log").read_text())
            subprocess.run([JACK_TAKE, DEMO, str(SECONDS), "ardour", "ardour:piano/midi_out 1", folder / "take"],
                           env=e, check=True, timeout=120)
            (folder / "stop").touch()
            ardour.wait(timeout=60)
        finally:
            ardour.kill()
            ardour.wait()
    assert (folder / "notes.mid").exists(), (folder / "ardour.log").read_text()
    return folder / "notes.mid"


def expected(folder):
    subprocess.run([PROGRAM, "transcribe", DEMO, "-o", folder / "a.mid", "--events", folder / "events", "--sustain", "on"],
                   check=True, stdout=subprocess.DEVNULL, timeout=300)
    events = [json.loads(line) for line in open(folder / "events")]
    return [(x["emit"], x["note"], x["velocity"]) for x in events if x["type"] == "on" and x["emit"] < SECONDS - 0.5]


def pair(wanted, got, shift, within):
    left, pairs = list(got), []
    for t, key, velocity in wanted:
        near = [g for g in left if g[1] == key and abs(g[0] - shift - t) < within]
        if near:
            best = min(near, key=lambda g: abs(g[0] - shift - t))
            left.remove(best)
            pairs.append(((t, key, velocity), best))
    return pairs


def main():
    if not shutil.which("ardour7-lua") or not shutil.which("jackd") or (FORMAT == "vst3" and not SCANNER.exists()):
        sys.exit(SKIP)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        e = environment(folder)
        install(folder, e)
        jack = subprocess.Popen(["jackd", "-S", "-R", "-P70", "-t", "20000", "-n", SERVER, "-d", "dummy", "-r", "44100", "-p", "256"],
                                env=e, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            subprocess.run(["jack_wait", "-s", SERVER, "-w", "-t", "20"], env=e, check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            got = read_notes(play(folder, e))
        finally:
            jack.terminate()
            jack.wait()
        wanted = expected(folder)
        shifts = [g[0] - w[0] for w, g in zip(wanted[:10], got[:10]) if w[1] == g[1]]
        shift = statistics.median(shifts) if shifts else 0.0
        got = [g for g in got if g[0] - shift < SECONDS - 0.5]
        pairs = pair(wanted, got, shift, 0.06)
        share = 2 * len(pairs) / (len(wanted) + len(got))
        print(f"{FORMAT}: the program hears {len(wanted)} notes, Ardour recorded {len(got)}, the same are {len(pairs)} ({share:.3f})")
        assert share >= 0.95
        assert statistics.median(abs(a[2] - b[2]) for a, b in pairs) <= 6


main()
