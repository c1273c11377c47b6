"""Sampled pianos: banks of single notes at 16 kHz, and the sound of one struck note."""
import csv
import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile
from scipy.signal import butter, lfilter, resample_poly, sosfilt

import collection
from features import RATE

TRAINING = ("splendid_steinway", "headroom_yamaha_c3_close", "headroom_yamaha_c3_decca", "upright_kawai_kw", "old_piano_fb",
            "yamaha_upright_vcsl", "iowa_steinway")
# Heard where `render.py --piano` asks for it: packages of npm, unpacked as CACHE/npm/NAME; CC BY 3.0.
COLLECTION = {"upright_vsco2": "tonejs-instrument-piano-wav"}
UNSEEN = "salamander"
# FluidR3, MuseScore General: MIT. sf_GMbank: public domain. GeneralUser GS 1.47: free for music and software. A320U: GPL 2.
SOUNDFONTS = {"fluid_r3": "/usr/share/sounds/sf2/FluidR3_GM.sf2", "gmbank": "/usr/share/sounds/sf2/sf_GMbank.sf2",
              "musescore": "/usr/share/sounds/sf2/MuseScore_General_Full.sf2",
              "generaluser": "/usr/share/minuet/soundfonts/GeneralUser-v1.47.sf2", "a320u": "/usr/share/sounds/sf2/A320U.sf2"}
OWN_VOICE = 0.4                     # how much of a key's deviation from its piano's smooth curve stays
PRE_ROLL = 0.005                    # seconds of a sample before its onset


class Bank:
    """Samples of one piano: audio int16, table rows (start, count, MIDI note, velocity from, to, gain dB)."""

    def __init__(self, name, path):
        stored = np.load(path)
        self.name, self.audio, self.table = name, stored["audio"], stored["table"]
        self.keys = np.unique(self.table[:, 2])
        self.layers = max(np.sum(self.table[:, 2] == k) for k in self.keys)
        self.correction = self.levelled()

    def levelled(self):
        """Gain in dB that brings each sample of a key to one level, near a smooth curve over the keys: recorded layers are often
        normalised or cut apart, and a velocity must be heard as one law of loudness over all of them."""
        level = np.empty(len(self.table))
        for i, (start, count) in enumerate(self.table[:, :2].astype(int)):
            attack = self.audio[start:start + min(count, int(0.3 * RATE))].astype(np.float64)
            level[i] = 10 * np.log10(np.mean(attack ** 2) + 1e-3)
        rows = [np.flatnonzero(self.table[:, 2] == key) for key in self.keys]
        loudest = np.array([np.max(level[r] + self.table[r, 5]) for r in rows])
        curve = np.polyval(np.polyfit(self.keys, loudest, min(3, len(rows) - 1)), self.keys)
        gain = np.empty(len(level))
        for r, wanted in zip(rows, curve + OWN_VOICE * (loudest - curve)):
            gain[r] = wanted - level[r]
        return gain


def build_recorded(data, name):
    """Read and resample one set of data/pianos."""
    folder = Path(data) / "pianos" / name
    parts, rows, at = [], [], 0
    for row in csv.DictReader(open(folder / "manifest.csv", encoding="utf-8")):
        audio, rate = soundfile.read(folder / row["file"], dtype="float32")
        skip = int(row["onset_sample"]) - int(PRE_ROLL * rate)
        audio = resample_poly(audio[max(0, skip):], 1, rate // RATE)[:10 * RATE]
        gain = float(row["gain_db"] or 0) + float(row["sfz_volume_db"] or 0)
        parts.append(np.round(audio.clip(-1, 1) * 32767).astype(np.int16))
        rows.append((at, len(audio), float(row["midi_note"]), float(row["velocity_lo"]), float(row["velocity_hi"]), gain))
        at += len(audio)
    return np.concatenate(parts), np.array(rows)


def build_collected(folder):
    """One note a key and file, each at one level: the onset is where the first 0.3 s above 700 Hz come within 28 dB of their highest."""
    parts, rows, at = [], [], 0
    for path, name in collection.notes(folder):
        audio, rate = soundfile.read(path, dtype="float32")
        high = sosfilt(butter(2, 700, "high", fs=rate, output="sos"), audio[:int(0.3 * rate)])
        rise = np.sqrt(np.convolve(high ** 2, np.ones(rate // 2000), "same"))
        onset = int(np.argmax(rise > 10 ** (-28 / 20) * rise.max()))
        audio = np.concatenate([np.zeros(int(PRE_ROLL * rate), np.float32), audio])[onset:]
        audio = resample_poly(audio, 160, rate // 100)[:10 * RATE]
        parts.append(np.round(audio.clip(-1, 1) * 32767).astype(np.int16))
        rows.append((at, len(audio), collection.key_of(name), 1, 127, 0.0))
        at += len(audio)
    return np.concatenate(parts), np.array(rows)


def build_soundfont(path):
    """Play every second key at three velocities through FluidSynth and cut the notes apart."""
    midi, track = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack()
    midi.tracks.append(track)
    keys, seconds, now, plan = range(21, 109, 2), 8.0, 0.0, []
    last = 0.0
    for key in keys:
        for low, high in ((1, 50), (51, 90), (91, 127)):
            onset = now + 0.5
            track.append(mido.Message("note_on", note=key, velocity=(low + 2 * high) // 3, time=round((onset - last) * 960)))
            track.append(mido.Message("note_off", note=key, velocity=0, time=round(seconds * 960)))
            plan.append((onset, key, low, high))
            now, last = onset + seconds + 0.6, onset + seconds
    with tempfile.TemporaryDirectory() as folder:
        midi.save(folder + "/notes.mid")
        subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.8", "-R", "0", "-C", "0", "-r", "32000", "-F", folder + "/notes.wav",
                        path, folder + "/notes.mid"], check=True, stdout=subprocess.DEVNULL)
        audio, rate = soundfile.read(folder + "/notes.wav", dtype="float32")
    audio = resample_poly(audio.mean(axis=1), 1, rate // RATE).astype(np.float32)
    audio /= np.max(np.abs(audio)) + 1e-9
    parts, rows, at = [], [], 0
    for onset, key, low, high in plan:
        near = np.abs(audio[int((onset - 0.1) * RATE):int((onset + 0.3) * RATE)])
        first = int((onset - 0.1) * RATE) + int(np.argmax(near > 0.06 * near.max()))
        note = audio[first - int(PRE_ROLL * RATE):first + int((seconds - 0.05) * RATE)]
        note = note * 10 ** (40 * np.log10(127 / ((low + 2 * high) // 3)) / 20)
        parts.append(np.round(note.clip(-1, 1) * 32767 * 0.9).astype(np.int16))
        rows.append((at, len(note), key, low, high, 0.0))
        at += len(note)
    return np.concatenate(parts), np.array(rows)


def banks(data, cache, names):
    """The named pianos, prepared in the cache on first use."""
    folder = Path(cache) / "banks"
    folder.mkdir(parents=True, exist_ok=True)
    result = []
    for name in names:
        path = folder / (name + ".npz")
        if not path.exists():
            if name in SOUNDFONTS:
                audio, table = build_soundfont(SOUNDFONTS[name])
            elif name in COLLECTION:
                audio, table = build_collected(Path(cache) / "npm" / COLLECTION[name])
            else:
                audio, table = build_recorded(data, name)
            np.savez(path, audio=audio, table=table)
        result.append(Bank(name, path))
    return result


def cubic(audio, positions):
    """Catmull-Rom interpolation of audio at fractional positions."""
    at = positions.astype(np.int64)
    x = (positions - at).astype(np.float32)
    padded = np.concatenate([audio[:1], audio, np.zeros(3, np.float32)])
    p0, p1, p2, p3 = (padded[at + i] for i in range(4))
    return p1 + 0.5 * x * (p2 - p0 + x * (2 * p0 - 5 * p1 + 4 * p2 - p3 + x * (3 * (p1 - p2) + p3 - p0)))


class Sampler:
    """One tuning and voicing of a bank, for one take."""

    def __init__(self, rng, bank, natural=False):
        self.bank, self.cache = bank, {}
        self.cents = 0.0 if natural else rng.uniform(-15, 15)
        self.slope = 50.0 if natural else rng.uniform(35, 60)
        self.ripple = np.zeros(128) if natural else rng.normal(0, rng.uniform(0.2, 1.5), 128)
        self.layer_shift = 0 if natural else int(rng.integers(-10, 11))
        self.dull = rng.uniform(0.5, 1.5)             # how much soft notes lose their treble in one-layer sets

    def sound(self, key, velocity):
        """Audio that begins PRE_ROLL before the onset, at the level of the velocity."""
        table = self.bank.table
        nearest = self.bank.keys[np.argmin(np.abs(self.bank.keys - key))]
        rows = np.flatnonzero(table[:, 2] == nearest)
        wanted = np.clip(velocity + self.layer_shift, 1, 127)
        fits = [r for r in rows if table[r, 3] <= wanted <= table[r, 4]]
        row = fits[0] if fits else rows[np.argmin(np.abs(table[rows, 4] - wanted))]
        dulling = self.bank.layers <= 1 or self.bank.name in SOUNDFONTS
        shade = int(velocity) // 12 if dulling else 0
        name = (key, row, shade)
        if name not in self.cache:
            self.cache[name] = self.prepare(key, row, shade if dulling else None)
        gain = self.bank.correction[row] + self.ripple[int(key)] + self.slope * np.log10(velocity / 127)
        return self.cache[name], 10 ** (gain / 20)

    def prepare(self, key, row, shade):
        start, count, note = (int(x) for x in self.bank.table[row, :3])
        audio = self.bank.audio[start:start + count].astype(np.float32) / 32768
        ratio = 2.0 ** ((100 * (key - note) + self.cents) / 1200)
        # The onset stays at PRE_ROLL whatever the ratio.
        origin = PRE_ROLL * RATE * (1 - ratio)
        positions = origin + np.arange(int((len(audio) - 2 - max(0, origin)) / ratio)) * ratio
        sound = cubic(audio, np.clip(positions, 0, None))
        if shade is not None:
            cutoff = 500 * 2.0 ** (shade * 0.55 / self.dull)
            pole = float(np.exp(-2 * np.pi * min(cutoff, 7000) / RATE))
            sound = 0.15 * sound + 0.85 * lfilter([1 - pole], [1, -pole], sound)
        tail = min(len(sound), 800)
        sound[-tail:] *= np.linspace(1, 0, tail)
        return sound.astype(np.float32)
