#!/usr/bin/python3
"""Scribe in a host of its own, jalv, under a JACK server with the dummy driver: sound in real time, and all the while
parameters turned at random and the transport stopped and started. Each note-on must get its note-off, and the host's
memory must stay what it was.

    test_soak.py BUNDLE JACK_TAKE [--soak MINUTES]
"""
import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "live"))
import takes  # noqa: E402

SKIP = 77
URI = "urn:cochlea:scribe"
CLIENT = "scribe"
SHORT = 0.25  # minutes
WARM = 0.2  # of the time, after which memory should not grow any more
GROWTH_KB = 1024


def ports(bundle):
    """Symbol, lowest and highest value of what a user may turn, as the bundle says them."""
    text = (bundle / "plugins.ttl").read_text()
    text = text[text.index("<%s>\n\ta lv2:Plugin" % URI):]
    found = []
    for port in re.findall(r"lv2:port \[(.*?)\n\t\]", text[:text.index("\n\t] .")], re.S):
        symbol, *limits = (re.search(r'lv2:%s "?([^" ;\n]+)' % key, port) for key in ("symbol", "minimum", "maximum"))
        if "lv2:ControlPort , lv2:InputPort" in port and symbol[1] != "freewheel":
            found.append((symbol[1], float(limits[0][1]), float(limits[1][1])))
    return found


def memory_kb(pid):
    """What it has of its own: code and files that are mapped do not count."""
    status = Path("/proc/%d/status" % pid).read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1])


class Host:
    def __init__(self, server, bundle):
        self.ports = ports(bundle)
        self.process = subprocess.Popen(["jalv", "-x", "-n", CLIENT, URI], env=dict(server.environment, LV2_PATH=str(bundle.parent)),
                                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def set(self, symbol, value):
        self.process.stdin.write(b"%s = %f\n" % (symbol.encode(), value))
        self.process.stdin.flush()

    def turn_something(self, dice):
        symbol, low, high = dice.choice(self.ports)
        share = dice.random()
        if symbol == "enabled":  # mostly
            share = float(share > 0.3)
        elif symbol in ("low_key", "high_key"):  # so that something is heard between them
            share = 0.4 * share + (0.6 if symbol == "high_key" else 0.0)
        self.set(symbol, low + share * (high - low))

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def play(server, host, player, captured, seconds):
    """Returns what the host's memory was, in KB, twice a second, and the changes made."""
    dice, sizes, changes = random.Random(13), [], 0
    play_for = [player, takes.DEMO, str(seconds), CLIENT, CLIENT + ":midi", captured]
    with subprocess.Popen(play_for, env=server.environment) as process:
        end = None
        while process.poll() is None:
            assert host.process.poll() is None, "the host died"
            time.sleep(0.05)
            if not captured.exists():
                continue
            end = end or time.monotonic() + seconds
            if time.monotonic() >= end:  # the player's tail of silence
                host.set("enabled", 0.0)
                continue
            changes += 1
            host.turn_something(dice)
            if changes % 10 == 0:
                sizes.append(memory_kb(host.process.pid))
            if changes % 200 == 0:
                subprocess.run(["jack_transport"], env=server.environment, input=dice.choice([b"stop\nquit\n", b"play\nquit\n"]),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)
        assert process.returncode == 0, "the player failed"
    return sizes, changes


def resolved(messages):
    """The notes of a take, each of which must have ended on its own channel, as must the pedal."""
    sounding, pedal, notes = set(), set(), 0
    for status, first, second in messages:
        kind, key = status & 0xF0, (status & 0x0F, first)
        if kind == 0x90:
            assert second > 0 and key not in sounding, "note %s twice" % (key,)
            sounding.add(key)
            notes += 1
        elif kind == 0x80:
            assert key in sounding, "note %s ends without beginning" % (key,)
            sounding.remove(key)
        else:
            assert kind == 0xB0 and first == 64, "what is %02x %d?" % (status, first)
            (pedal.add if second >= 64 else pedal.discard)(status & 0x0F)
    assert not sounding, "hanging: %s" % sounding
    assert not pedal, "the pedal hangs"
    return notes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bundle", type=Path)
    parser.add_argument("player", type=Path)
    parser.add_argument("--soak", type=float, default=SHORT, metavar="MINUTES")
    options = parser.parse_args()
    if not all(map(shutil.which, ("jalv", "jackd", "jack_transport"))):
        sys.exit(SKIP)
    with tempfile.TemporaryDirectory() as folder, takes.Server() as server:
        captured = Path(folder) / "take"
        host = Host(server, options.bundle)
        try:
            sizes, changes = play(server, host, options.player, captured, 60.0 * options.soak)
        finally:
            host.end()
        messages = [message for _, message in takes.read_captured(captured)[1]]
    notes = resolved(messages)
    warm, last = max(sizes[:int(WARM * len(sizes)) + 1]), sizes[-1]
    print("%.4g minutes, %d changes: %d notes, each ended; memory of the host %d KB, at the end %d KB" %
          (options.soak, changes, notes, warm, last))
    assert notes > 10 * options.soak, "hardly anything was heard"
    assert last - warm < GROWTH_KB, "memory grows"


main()
