"""Banks of single notes: recorded ones of the data folder, presets of Debian's sound fonts played by FluidSynth, and the patches of FreePats.

A bank is one source of one class: audio int16 and rows (start, count, MIDI note, samples per second). What validation uses, training
never hears: other fonts, other pianos, other guitars, another flute.
"""
import csv
import struct
import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile

import sonivox
import tonejs

CLASSES = ("clarinet", "distorted_electric_guitar", "female_voice", "flute", "piano", "tenor_sax", "trumpet", "violin", "other", "none")
TARGETS = CLASSES[:8]
SF2, MINUET = Path("/usr/share/sounds/sf2"), Path("/usr/share/minuet/soundfonts")
FONTS = {"fluid": SF2 / "FluidR3_GM.sf2", "musescore": SF2 / "MuseScore_General_Full.sf2", "timgm": SF2 / "TimGM6mb.sf2", "gmbank": SF2 / "sf_GMbank.sf2",
         "generaluser": MINUET / "GeneralUser-v1.47.sf2", "a320u": SF2 / "A320U.sf2"}
UNSEEN_FONTS, LATER_FONTS, LATEST_FONT, LATEST_NOTES = ("timgm", "gmbank"), ("generaluser", "a320u"), "sonivox", "tonejs"
# Programs of the later fonts with samples that are also in an unseen font (shared_samples.py): never played.
SHARED = {"generaluser": {5, 6, 7, 13, 17, 18, 26, 34, 48, 53, 57, 58, 68, 69, 70, 73, 89, 93, 99, 105, 107, 108, 111, 112, 114, 116},
          "a320u": {3, 5, 6, 7, 8, 13, 15, 16, 17, 18, 19, 20, 23, 26, 28, 35, 38, 47, 48, 50, 52, 57, 58, 60, 62, 63, 84, 85, 86, 87, 89, 93, 95, 99, 104,
                    105, 108, 109, 110, 111, 112, 116}}
UNSEEN = {"pianos/salamander", "pianos/old_piano_fb", "electric_guitar_clean/karoryfer_green_guitar", "flute/ixox_flute",
          "acoustic_guitar/discord_gm_martin_hd28", "horn/vsco2_horn", "mallets/vcsl_marimba", "organ/freepats_drawbar_organ",
          "bassoon/ethan_winer", "cello/ethan_winer", "sitar/discord_gm_sitar"}
# Too like a target to be called other, and not the target: heard neither in training nor in validation under their own pitch.
AMBIGUOUS = {"soprano_sax", "bass_clarinet"}
# (bank, program, class or what other is made of, lowest, highest note)
PRESETS = [(0, 0, "piano", 28, 100), (0, 1, "piano", 28, 100), (0, 3, "piano", 36, 96), (0, 40, "violin", 55, 96), (0, 110, "violin", 55, 91),
           (8, 40, "violin", 55, 91), (0, 56, "trumpet", 52, 86), (0, 59, "trumpet", 55, 84), (0, 66, "tenor_sax", 44, 77),
           (0, 71, "clarinet", 50, 91), (0, 73, "flute", 60, 96), (0, 52, "female_voice", 57, 84), (0, 53, "female_voice", 57, 84),
           (0, 85, "female_voice", 57, 86), (0, 29, "distorted_electric_guitar", 40, 84), (0, 30, "distorted_electric_guitar", 40, 84),
           (8, 30, "distorted_electric_guitar", 40, 80), (0, 27, "electric_guitar_clean", 40, 86), (0, 26, "electric_guitar_clean", 40, 86),
           (0, 57, "trombone", 40, 72), (0, 65, "alto_sax", 49, 81), (0, 67, "baritone_sax", 36, 69), (0, 42, "cello", 36, 76)]
OTHER_PRESETS = [(0, p, 36, 84) for p in (4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 32, 33, 34, 35, 36, 38, 43,
                                          45, 46, 47, 48, 50, 58, 60, 62, 63, 68, 69, 70, 78, 80, 81, 84, 86, 87, 88, 89, 90, 93, 95, 99, 104, 105,
                                          106, 107, 108, 109, 111, 112, 114, 116)]
# FreePats: program -> class or what other is made of.
PATCHES = {0: "piano", 1: "piano", 24: "other", 25: "other", 26: "electric_guitar_clean", 27: "electric_guitar_clean", 29: "distorted_electric_guitar",
           30: "distorted_electric_guitar", 40: "violin", 42: "cello", 53: "female_voice", 56: "trumpet", 57: "trombone", 59: "trumpet", 65: "alto_sax",
           66: "tenor_sax", 67: "baritone_sax", 71: "clarinet", 73: "flute"}
PATCHES |= {p: "other" for p in (4, 5, 6, 7, 8, 9, 13, 14, 15, 16, 19, 21, 23, 28, 32, 33, 34, 35, 36, 45, 46, 47, 58, 60, 68, 69, 70, 80, 81, 84, 88, 90, 94, 95, 98,
                                  101, 102, 104, 108, 114)}
PATCH_FOLDER = Path("/usr/share/midi/freepats/Tone_000")
OTHER_RECORDED = {"acoustic_guitar", "banjo", "bassoon", "cello", "contrabassoon", "cor_anglais", "double_bass", "drums", "electric_bass",
                  "electric_guitar_clean", "horn", "mallets", "mandolin", "oboe", "organ", "percussion", "shanai", "sitar", "string_section",
                  "trombone", "harp", "tuba"}


class Bank:
    def __init__(self, name, kind, unseen, audio, rows):
        self.name, self.kind, self.unseen, self.audio, self.rows = name, kind, unseen, audio, rows
        self.low, self.high = rows[:, 2].min(), rows[:, 2].max()

    def note(self, rng, key, reach=3):
        """(samples, rate ratio to play them at for 44.1 kHz) of a note near the key; None when there is none."""
        away = np.abs(self.rows[:, 2] - key)
        near = np.flatnonzero(away <= max(min(away) + 1, 0)) if min(away) <= reach else []
        if len(near) == 0:
            return None
        start, count, note, rate = self.rows[rng.choice(near)]
        audio = self.audio[int(start):int(start + count)].astype(np.float32) / 32768
        return audio, rate / 44100 * 2 ** ((key - note) / 12)


def pack(clips):
    """clips: (audio float, note, rate) -> audio int16, rows."""
    rows, at = [], 0
    for audio, note, rate in clips:
        rows.append((at, len(audio), note, rate))
        at += len(audio)
    whole = np.concatenate([c[0] for c in clips])
    return np.round(whole.clip(-1, 1) * 32767).astype(np.int16), np.array(rows, np.float64)


def recorded(data):
    """(name, kind, function that reads the clips) of every recorded source."""
    groups = {}
    for row in csv.DictReader(open(Path(data) / "instruments" / "manifest.csv", encoding="utf-8")):
        groups.setdefault((row["class"], row["source"]), []).append(row)
    for (kind, source), rows in sorted(groups.items()):
        if kind in AMBIGUOUS:
            continue

        def read(rows=rows):
            clips = []
            for row in rows:
                audio, rate = soundfile.read(Path(data) / "instruments" / row["file"], dtype="float32")
                clips.append((audio, float(row["midi_note"] or 60), rate))
            return clips
        yield kind + "/" + source, kind, read
    for folder in sorted((Path(data) / "pianos").iterdir()):
        if folder.is_dir():
            def read(folder=folder):
                clips = []
                for row in csv.DictReader(open(folder / "manifest.csv", encoding="utf-8")):
                    audio, rate = soundfile.read(folder / row["file"], dtype="float32", frames=7 * 32000)
                    audio = audio[max(0, int(row["onset_sample"]) - rate // 100):]
                    clips.append((audio / (np.abs(audio).max() + 1e-9) * 0.7, float(row["midi_note"]), rate))
                return clips
            yield "pianos/" + folder.name, "piano", read


def play_preset(font, bank, program, low, high, step, seconds):
    """Notes of a preset, cut apart; silent ones are left out."""
    track, plan, now, last = mido.MidiTrack(), [], 0.3, 0.0
    track.append(mido.Message("control_change", control=0, value=bank))
    track.append(mido.Message("program_change", program=program))
    for key in range(low, high + 1, step):
        for velocity in (55, 110) if step < 6 else (90,):
            track.append(mido.Message("note_on", note=key, velocity=velocity, time=round((now - last) * 960)))
            track.append(mido.Message("note_off", note=key, velocity=0, time=round(seconds * 960)))
            plan.append((now, key))
            last, now = now + seconds, now + seconds + 0.8
    midi = mido.MidiFile(ticks_per_beat=480)
    midi.tracks.append(track)
    with tempfile.TemporaryDirectory() as folder:
        midi.save(folder + "/notes.mid")
        subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.6", "-R", "0", "-C", "0", "-r", "44100", "-o", "synth.midi-bank-select=gs", "-F",
                        folder + "/notes.wav", FONTS[font], folder + "/notes.mid"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        audio, rate = soundfile.read(folder + "/notes.wav", dtype="float32")
    audio, clips = audio.mean(axis=1), []
    for onset, key in plan:
        note = audio[int((onset - 0.01) * rate):int((onset + seconds + 0.3) * rate)]
        peak = np.abs(note).max() if len(note) else 0
        if peak > 1e-3:
            clips.append((note / peak * 0.7, float(key), rate))
    return clips


def read_patch(path, seconds=3.0, fall=0.0):
    """The samples of a Gravis patch (GF1PATCH110), loops played until `seconds`, falling by a factor e in `fall`: [(audio, note, rate)]."""
    data, clips = path.read_bytes(), []
    if data[:8] != b"GF1PATCH" or len(data) < 239:
        return clips
    at = 129 + 63 + 47
    for _ in range(data[129 + 63 + 6]):
        if at + 96 > len(data):
            break
        size, loop_start, loop_end, rate, _, _, root = struct.unpack_from("<IIIHIII", data, at + 8)
        modes = data[at + 55]
        raw = data[at + 96:at + 96 + size]
        at += 96 + size
        wide = modes & 1
        audio = np.frombuffer(raw[:len(raw) // 2 * 2] if wide else raw, "<i2" if wide else "i1").astype(np.float32) / (32768 if wide else 128)
        if modes & 2:                                                    # unsigned
            audio = np.where(audio < 0, audio + 1, audio - 1)
        a, b = (loop_start // 2, loop_end // 2) if wide else (loop_start, loop_end)
        if modes & 4 and 0 <= a < b <= len(audio) and b - a > 8:
            loop = np.concatenate([audio[a:b], audio[a:b][::-1]]) if modes & 8 else audio[a:b]
            audio = np.concatenate([audio[:b], np.tile(loop, 1 + int(seconds * rate) // len(loop))])[:int(seconds * rate)]
            if fall:
                audio = audio * np.exp(-np.maximum(np.arange(len(audio)) - b, 0) / (fall * rate)).astype(np.float32)
        peak = np.abs(audio).max() if len(audio) else 0
        if peak > 1e-3 and root > 0:
            clips.append((audio / peak * 0.7, 69 + 12 * np.log2(root / 440000), rate))
    return clips


def patches():
    for path in sorted(PATCH_FOLDER.glob("*.pat")):
        kind = PATCHES.get(int(path.name[:3]))
        if kind:
            struck = int(path.name[:3]) in (*range(16), *range(24, 29), *range(32, 39), 45, 46, 47, 104)
            yield "freepats/" + path.stem, kind, lambda p=path, fall=0.9 if struck else 0.0: read_patch(p, fall=fall)


def presets():
    for font in FONTS:
        shared = SHARED.get(font, ())
        for bank, program, kind, low, high in PRESETS:
            if (bank == 0 or font in ("fluid", "musescore")) and program not in shared:
                yield "%s/%d-%d" % (font, bank, program), kind, lambda f=font, b=bank, p=program, lo=low, hi=high: play_preset(f, b, p, lo, hi, 3, 3.0)
        for bank, program, low, high in OTHER_PRESETS:
            if program in shared:
                continue
            yield "%s/o%d" % (font, program), "other", lambda f=font, b=bank, p=program, lo=low, hi=high: play_preset(f, b, p, lo, hi, 6, 2.0)


def tiny():
    """The sound set of libsonivox, whose program 85 is no voice."""
    for bank, program, kind, low, high in PRESETS:
        if bank == 0 and program != 85:
            yield "%s/0-%d" % (LATEST_FONT, program), kind, lambda p=program, lo=low, hi=high: sonivox.play(p, lo, hi, 3, 3.0)
    for _, program, low, high in OTHER_PRESETS:
        yield "%s/o%d" % (LATEST_FONT, program), "other", lambda p=program, lo=low, hi=high: sonivox.play(p, lo, hi, 6, 2.0)


def prepare(data, cache):
    """Every bank, prepared in CACHE/banks on first use; audio is mapped, not read."""
    folder = Path(cache) / "banks"
    folder.mkdir(parents=True, exist_ok=True)
    result = []
    for name, kind, read in list(recorded(data)) + list(presets()) + list(patches()) + list(tiny()) + list(tonejs.banks(Path(cache) / "npm")):
        stem = folder / name.replace("/", "__")
        if not stem.with_name(stem.name + ".rows.npy").exists():
            clips = read()
            audio, rows = pack(clips) if clips else (np.zeros(0, np.int16), np.zeros((0, 4)))
            np.save(str(stem) + ".npy", audio)
            np.save(str(stem) + ".rows.npy", rows)
        rows = np.load(str(stem) + ".rows.npy")
        if len(rows):
            unseen = name in UNSEEN or name.split("/")[0] in UNSEEN_FONTS
            result.append(Bank(name, kind, unseen, np.load(str(stem) + ".npy", mmap_mode="r"), rows))
    return result


if __name__ == "__main__":
    import sys
    made = prepare(sys.argv[1], sys.argv[2])
    for kind in sorted({b.kind for b in made}):
        print(kind, [(b.name, len(b.rows)) for b in made if b.kind == kind][:12])
