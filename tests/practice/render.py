"""Performances as sound, for evaluate.py: a sound font through FluidSynth, or a sampled piano as the training has them.

    fluidsynth:FONT.sf2       needs fluidsynth, python3-numpy, python3-scipy, python3-soundfile
    sampled:PIANO             also --data and --cache, as models/train/README.md tells

Both get a room, the colour of a microphone and noise (models/train/rooms.py).
"""
import subprocess
import sys
from pathlib import Path

import midi

TRAIN = Path(__file__).resolve().parent.parent.parent / "models" / "train"


def through_room(rng, dry, rate, target):
    import numpy as np
    import soundfile
    sys.path.insert(0, str(TRAIN))
    import rooms
    audio = rooms.through(rng, np.asarray(dry, np.float32), mild=True)
    soundfile.write(target, audio.clip(-1, 1), rate, subtype="PCM_16")
    return target


def add_pedal(rng, student):
    """Half of the students use the pedal, changing it with the harmony."""
    import numpy as np
    sys.path.insert(0, str(TRAIN))
    import sequences
    notes = np.array(sorted(student.played), float)
    return notes, sequences.invent_pedal(rng, notes) if rng.random() < 0.5 else []


def by_font(font):
    def make(source, folder, number, student):
        import numpy as np
        import soundfile
        rng = np.random.default_rng([7, number])
        notes, pedal = add_pedal(rng, student)
        midi.write_performance(source, [(a, b, int(p), int(v)) for a, b, p, v in notes], pedal)
        dry = folder / "dry.wav"
        subprocess.run(["fluidsynth", "-ni", "-q", "-g", "0.6", "-R", "0", "-C", "0", "-r", "16000", "-F", str(dry), font, str(source)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        audio, rate = soundfile.read(dry, dtype="float32")
        return through_room(rng, audio.mean(axis=1), rate, folder / "heard.wav")
    return make


def by_samples(piano, data, cache):
    sys.path.insert(0, str(TRAIN))
    import importlib.util
    import numpy as np
    import sampler
    import sequences
    spec = importlib.util.spec_from_file_location("render_takes", TRAIN / "render.py")  # has this module's name
    render_takes = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(render_takes)
    bank = sampler.banks(data, cache, [piano])[0]

    def make(source, folder, number, student):
        rng = np.random.default_rng([8, number])
        notes, pedal = add_pedal(rng, student)
        seconds = float(notes[-1, 0]) + 3.0
        notes = sequences.tidy(notes, seconds + 1)
        ends = sequences.sustained(notes, pedal, seconds)
        dry = render_takes.play(rng, sampler.Sampler(rng, bank, natural=True), notes, ends, pedal, seconds)
        return through_room(rng, dry, sampler.RATE, folder / "heard.wav")
    return make


def renderer(spec, data, cache):
    kind, name = spec.split(":", 1)
    return by_font(name) if kind == "fluidsynth" else by_samples(name, data, cache)
