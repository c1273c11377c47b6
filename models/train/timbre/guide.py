"""A listener that guides training: small classifiers of voices by the statistics of their spectra, learned from the training phrases alone.

The second round of training adds their doubt that a result is the target to the loss (as the domain classifier of StarGAN-VC, Kameoka et al.
2018). They are other classifiers, of other voices and features, than those that measure.py judges with.
"""
import numpy as np
import torch

import material
import net

COUNT, SEQUENCE = 3, 64


def statistics(l, good):
    """[batch, 46]: mean and deviation over time of the cosines of floored log levels."""
    floored = 0.5 * torch.log((2 * l).exp() + 1e-7)
    mean, spread = material.moments(floored @ net.BASIS, good)
    return torch.cat([mean[:, 1:], spread[:, 1:]], 1)


def examples(rng, data, count):
    l, good, y = [], [], []
    voices = sorted({n for names in data.names for n in names})
    while len(l) < count:
        p = data.phrase(rng)
        row, first = int(rng.integers(len(data.names[p]))), int(rng.integers(0, 512 - SEQUENCE))
        e = data.energy[p][row]
        loud = e[first:first + SEQUENCE] > e.max() - 5
        if loud.mean() > 0.4:
            l.append(data.levels[p][row][first:first + SEQUENCE])
            good.append(loud)
            y.append(voices.index(data.names[p][row]))
    l = torch.from_numpy(np.stack(l).astype(np.float32))
    good = torch.from_numpy(np.stack(good).astype(np.float32))
    return material.noisy(rng, l + material.colours(rng, count, 0.2)), good, torch.tensor(y), voices


class Guide:
    def __init__(self, data, seed=9, steps=1500):
        rng = np.random.default_rng(seed)
        torch.manual_seed(seed)
        l, good, y, names = examples(rng, data, 12000)
        x = statistics(l, good)
        self.mean, self.scale = x.mean(0), x.std(0) + 1e-4
        x = (x - self.mean) / self.scale
        self.number = torch.tensor([names.index(t) for t in data.targets])
        self.nets = [torch.nn.Sequential(torch.nn.Linear(x.shape[1], 96), torch.nn.LeakyReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(96, 64),
                                         torch.nn.LeakyReLU(), torch.nn.Linear(64, len(names))) for _ in range(COUNT)]
        for one in self.nets:
            optimiser = torch.optim.Adam(one.parameters(), 2e-3, weight_decay=1e-4)
            for _ in range(steps):
                part = torch.randint(0, len(x) - 1000, (256,))
                loss = torch.nn.functional.cross_entropy(one(x[part] + 0.15 * torch.randn(256, x.shape[1])), y[part], label_smoothing=0.05)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
            one.eval()
            for p in one.parameters():
                p.requires_grad_(False)
        right = [(one(x[-1000:]).argmax(1) == y[-1000:]).float().mean().item() for one in self.nets]
        print("guide: %d voices, right %s" % (len(names), " ".join("%.3f" % r for r in right)), flush=True)

    def __call__(self, out, good, number):
        """Mean doubt that sequences [batch, time, bands] are the targets `number`."""
        x = (statistics(out + material.colours(RNG, len(out), 0.1), good) - self.mean) / self.scale
        wanted, enough = self.number[number], (good.sum(1) > 16).float()
        doubt = sum(torch.nn.functional.cross_entropy(one(x), wanted, reduction="none") for one in self.nets) / COUNT
        return (doubt * enough).sum() / enough.sum().clamp(min=1)


RNG = np.random.default_rng(77)
