"""A score to practise, sound to measure, and where sound fonts lie; for the tests."""
import array
import wave
from pathlib import Path

import midi

FONTS = ("TimGM6mb.sf2", "FluidR3_GM.sf2", "sf_GMbank.sf2", "default-GM.sf2")


def font():
    return next((f for f in (Path("/usr/share/sounds/sf2") / n for n in FONTS) if f.exists()), None)


def write(path, bars=24, kind=1):
    """Two hands in 4/4 at 100 a minute that repeat nothing soon."""
    right, left = [(0, midi.meta(3, b"Right hand"))], [(0, midi.meta(3, b"Left hand"))]
    scale = [0, 2, 4, 5, 7, 9, 11]
    state = 7
    for beat in range(4 * bars):
        state = (state * 75 + 74) % 65537
        for half in range(1 + state % 2):
            pitch = 60 + 12 * (state // 7 % 2) + scale[(state // (3 + half)) % 7]
            tick = 480 * beat + 240 * half
            right += [(tick, bytes([0x90, pitch, 80])), (tick + 200, bytes([0x80, pitch, 0]))]
        if beat % 2 == 0:
            for pitch in (36 + scale[state // 11 % 7], 48 + scale[state // 13 % 7]):
                left += [(480 * beat, bytes([0x90, pitch, 70])), (480 * beat + 900, bytes([0x80, pitch, 0]))]
    head = [(0, midi.tempo(100)), (0, midi.metre(4, 2))]
    if kind == 0:
        midi.write_file(path, [midi.track(head + right + left)], kind=0)
    else:
        midi.write_file(path, [midi.track(head), midi.track(right), midi.track(left)])


def read_mono(path):
    with wave.open(str(path)) as w:
        values = array.array("h", w.readframes(w.getnframes()))
        return values if w.getnchannels() == 1 else array.array("h", ((a + b) // 2 for a, b in zip(values[::2], values[1::2])))


def power(values):
    return sum(v * v for v in values) / len(values)
