"""A weight file as the tools here use it: tensors, decoder parameters, and its answer to a recording."""
import numpy as np
import scipy.signal
import soundfile
import torch

import decode
import features
import gguf
import net
import pedal

P = "cochlea.piano."


class Model:
    def __init__(self, path):
        self.metadata, tensors = gguf.read(path)
        self.weights = {name: torch.from_numpy(tensors[name]) for name in [*net.SHAPES, *pedal.SHAPES]}
        m = self.metadata
        self.parameters = {name: m.get(P + name, 0.0) if name == "off_held" else m[P + name] for name in decode.DEFAULTS}
        self.parameters["thresholds"] = np.array(m[P + "thresholds"]).reshape(4, 4, 4).tolist()

    def outputs(self, values, layers=None):
        """values: net input float [frames, 3, 300] -> logits [frames, 88, 12] and what the pedal's listener hears [frames, 3], plain
        float32. layers: dict to fill with activations."""
        level, layers = np.stack(features.levels(values), 1), {} if layers is None else layers
        with torch.no_grad():
            out = net.forward(self.weights, torch.from_numpy(values)[None], torch.from_numpy(level)[None], layers)
        return out[0].numpy(), pedal.hear(self.weights, layers["gru2"][0])


def averaged(path):
    """The averaged weights of a checkpoint, or those of a weight file."""
    return Model(path).weights if str(path).endswith(".gguf") else torch.load(path)["average"]


def read_audio(path):
    """A file as 16 kHz mono float32."""
    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    audio = audio.mean(axis=1)
    if rate != features.RATE:
        common = np.gcd(rate, features.RATE)
        audio = scipy.signal.resample_poly(audio, features.RATE // common, rate // common).astype(np.float32)
    return audio


def inputs(audio):
    return features.features(audio) / 64 - 1
