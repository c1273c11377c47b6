"""Notes of the sound set inside Debian's libsonivox3 (Sonic Network, Apache 2.0): General MIDI in 200 kB, samples of 22 kHz with tight loops."""
import ctypes

import numpy as np

REVERB, CHORUS, BYPASS = 2, 3, 0


class Config(ctypes.Structure):
    _fields_ = [("version", ctypes.c_ulong), ("checked", ctypes.c_uint), ("voices", ctypes.c_long), ("channels", ctypes.c_long), ("rate", ctypes.c_long),
                ("block", ctypes.c_long)]


def play(program, low, high, step, seconds):
    """[(audio, note, rate)] of notes of a program, cut apart; silent ones are left out."""
    library = ctypes.CDLL("libsonivox.so.3")
    library.EAS_Config.restype = ctypes.POINTER(Config)
    config = library.EAS_Config().contents
    data, stream, count = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_long()
    if library.EAS_Init(ctypes.byref(data)) or library.EAS_OpenMIDIStream(data, ctypes.byref(stream), None):
        raise RuntimeError("libsonivox.so.3: no synthesizer")
    for module in (REVERB, CHORUS):
        library.EAS_SetParameter(data, ctypes.c_long(module), ctypes.c_long(BYPASS), ctypes.c_long(1))
    buffer = np.zeros(config.block * config.channels, np.int16)

    def send(*message):
        library.EAS_WriteMIDIStream(data, stream, bytes(message), ctypes.c_long(len(message)))

    def render(length):
        parts = []
        for _ in range(int(length * config.rate / config.block) + 1):
            library.EAS_Render(data, buffer.ctypes.data_as(ctypes.c_void_p), ctypes.c_long(config.block), ctypes.byref(count))
            parts.append(buffer.reshape(-1, config.channels).mean(1) / 32768)
        return np.concatenate(parts).astype(np.float32)
    send(0xC0, program)
    render(0.1)
    clips = []
    for key in range(low, high + 1, step):
        for velocity in (60, 115):
            send(0x90, key, velocity)
            note = render(seconds)
            send(0x80, key, 0)
            note = np.concatenate([note, render(0.3)])
            render(0.7)
            peak = np.abs(note).max()
            if peak > 1e-3:
                clips.append((note / peak * 0.7, float(key), config.rate))
    library.EAS_Shutdown(data)
    return clips
