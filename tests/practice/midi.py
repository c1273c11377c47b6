"""Standard MIDI files for the tests: just enough to read scores and write performances."""
import math
import struct


def variable(value):
    out = [value & 0x7F]
    while value > 0x7F:
        value >>= 7
        out.append(value & 0x7F | 0x80)
    return bytes(reversed(out))


def chunk(kind, data):
    return kind + struct.pack(">I", len(data)) + data


def track(events, end=0):
    """events: (tick, bytes), in any order; file order is kept among equals."""
    out, last = b"", 0
    for tick, data in sorted(events, key=lambda e: e[0]):
        out += variable(tick - last) + data
        last = tick
    return chunk(b"MTrk", out + variable(max(0, end - last)) + b"\xff\x2f\x00")


def meta(kind, data):
    return bytes([0xFF, kind]) + variable(len(data)) + data


def tempo(bpm):
    return meta(0x51, struct.pack(">I", round(6e7 / bpm))[1:])


def metre(numerator, power):
    return meta(0x58, bytes([numerator, power, 24, 8]))


def bend(a4):
    """Channel 0 to another tuning, within two semitones."""
    value = round(8192 + 8192 * 12 * math.log2(a4 / 440.0) / 2)
    return bytes([0xE0, value & 0x7F, value >> 7])


def write_file(path, tracks, division=480, kind=1):
    data = chunk(b"MThd", struct.pack(">HHH", kind, len(tracks), division)) + b"".join(tracks)
    with open(path, "wb") as f:
        f.write(data)


def write_performance(path, notes, pedal=()):
    """notes: (onset s, offset s, pitch, velocity); 1 ms ticks at 60 beats per minute."""
    events = [(0, tempo(60))]
    for onset, offset, pitch, velocity in notes:
        events.append((round(1000 * onset), bytes([0x90, pitch, velocity])))
        events.append((max(round(1000 * onset) + 20, round(1000 * offset)), bytes([0x80, pitch, 0])))
    events += [(round(1000 * t), bytes([0xB0, 64, 127 if down else 0])) for t, down in pedal]
    events.sort(key=lambda e: (e[0], e[1][0] == 0x90))
    write_file(path, [track(events)], division=1000, kind=0)


def take_variable(data, at):
    value = 0
    while True:
        value = value << 7 | data[at] & 0x7F
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def read_track(data):
    """(tick, status, bytes) of channel messages, and (tick, 0xFF, kind, bytes) of meta events."""
    at, tick, running, out = 0, 0, 0, []
    while at < len(data):
        delta, at = take_variable(data, at)
        tick += delta
        status = data[at]
        if status >= 0x80:
            at += 1
        else:
            status = running
        if status == 0xFF:
            kind = data[at]
            size, at = take_variable(data, at + 1)
            out.append((tick, 0xFF, kind, data[at:at + size]))
            at += size
        elif status in (0xF0, 0xF7):
            size, at = take_variable(data, at)
            at += size
        else:
            running = status
            size = 1 if status & 0xE0 == 0xC0 else 2
            out.append((tick, status, data[at:at + size]))
            at += size
    return out


def read_file(path):
    """(division, tracks as lists of events)."""
    with open(path, "rb") as f:
        data = f.read()
    _, count, division = struct.unpack(">HHH", data[8:14])
    at, tracks = 14, []
    while len(tracks) < count:
        size = struct.unpack(">I", data[at + 4:at + 8])[0]
        if data[at:at + 4] == b"MTrk":
            tracks.append(read_track(data[at + 8:at + 8 + size]))
        at += 8 + size
    return division, tracks


class Score:
    """The piano notes of a file: dicts with beat, seconds, length, pitch, velocity; one for each key and onset."""

    def __init__(self, path):
        division, tracks = read_file(path)
        tempos = sorted([(0, 500000)] + [(e[0], int.from_bytes(e[3], "big")) for t in tracks for e in t
                                         if e[1] == 0xFF and e[2] == 0x51], key=lambda x: x[0])
        self.map = []
        seconds, last, rate = 0.0, 0, 0.5 / division
        for tick, microseconds in tempos:
            seconds += (tick - last) * rate
            last, rate = tick, microseconds / 1e6 / division
            self.map.append((tick, seconds, rate))
        programs = {}
        for t in tracks:
            for e in t:
                if e[1] & 0xF0 == 0xC0:
                    programs.setdefault(e[1] & 15, e[2][0])
        parts = [t for t in tracks if any(e[1] & 0xF0 == 0x90 and e[2][1] for e in t if e[1] != 0xFF)]

        def channel(part):
            return next(e[1] & 15 for e in part if e[1] & 0xF0 == 0x90)

        pianos = [p for p in parts if programs.get(channel(p), 0) < 8 and channel(p) != 9]
        found = {}
        for part in pianos or [p for p in parts if channel(p) != 9]:
            self.read_part(part, division, found)
        self.notes = sorted(found.values(), key=lambda n: (n["seconds"], n["pitch"]))
        self.metres = sorted((e[0] / division, e[3][0] * 4 / 2 ** e[3][1]) for t in tracks for e in t
                             if e[1] == 0xFF and e[2] == 0x58)

    def seconds(self, tick):
        at = [m for m in self.map if m[0] <= tick][-1]
        return at[1] + (tick - at[0]) * at[2]

    def read_part(self, part, division, found):
        sounding = {}
        for e in part:
            kind = e[1] & 0xF0
            if e[1] == 0xFF or kind not in (0x80, 0x90):
                continue
            pitch, velocity = e[2][0], e[2][1]
            note = sounding.pop(pitch, None)
            if note:
                note["length"] = max(note["length"], self.seconds(e[0]) - note["seconds"])
            if kind == 0x90 and velocity:
                key = (e[0], pitch)
                note = found.setdefault(key, {"beat": e[0] / division, "seconds": self.seconds(e[0]), "length": 0.0,
                                              "pitch": pitch, "velocity": velocity})
                sounding[pitch] = note

    def chords(self, gap=0.030):
        """Notes struck together."""
        out = []
        for note in self.notes:
            if out and note["seconds"] - out[-1][0]["seconds"] <= gap:
                if all(n["pitch"] != note["pitch"] for n in out[-1]):
                    out[-1].append(note)
            else:
                out.append([note])
        return out

    def bar(self, beat):
        """Start of the bar of a beat and its length, in beats."""
        start, length = 0.0, 4.0
        for at, beats in self.metres:
            if at <= beat + 1e-9:
                start, length = at, beats
        return start + (beat - start + 1e-9) // length * length, length
