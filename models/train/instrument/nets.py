"""The convolutional nets, on windows x [n, 1, 96 bins, frames] of scaled columns.

Published: the nets of Lostanlen & Cella 2016 (2-D, 1-D and spiral branches, dense 64), for the study. Streaming: the hybrid that
ships. Its branches are the same up to the last pooling over time, which is gone: every block of five columns gets scores of its own
from one dense layer, and a window's scores are their mean, so that a window may have any length.
"""
import torch
from torch import nn
from torch.nn import functional as F

from sources import CLASSES

SLOPE = 0.3
FRAMES = 124                                                             # the published 128 less the four that pooling drops
ONE_D = slice(48, 84)                                                    # 880 Hz .. 6.6 kHz
SPIRAL = (12, 24, 36)                                                    # first bins of the bands of two octaves


def pooled(x, size, norm=None):
    """Pooling commutes with the leaky rectifier and with a norm of positive scale and comes first: the same result for less work."""
    x = F.max_pool2d(x, size) if size != (1, 1) else x
    return F.leaky_relu(norm(x) if norm else x, SLOPE)


class Norm(nn.BatchNorm2d):
    """Batch norm whose scale is positive, so that it can be folded into the convolution before the pooling."""

    def scale(self):
        return self.weight.abs() + 1e-3

    def forward(self, x):
        return F.batch_norm(x, self.running_mean, self.running_var, self.scale(), self.bias, self.training, 0.02, self.eps)

    def folded(self, weight, bias):
        """The convolution that contains this norm."""
        factor = self.scale() / torch.sqrt(self.running_var + self.eps)
        return weight * factor[:, None, None, None], (bias - self.running_mean) * factor + self.bias


class Branch(nn.Module):
    """first and second convolution; norms only where the net streams."""

    def __init__(self, kernels, streaming):
        super().__init__()
        self.norms = nn.ModuleList(Norm(kernels) for _ in range(2)) if streaming else (None, None)

    def joined(self, x):
        return pooled(self.first(x), self.pool, self.norms[0])

    def blocks(self, x):
        return pooled(self.second(self.joined(x)), (self.pool[0], 1), self.norms[1])


class TwoD(Branch):
    pool = (3, 5)

    def __init__(self, kernels=32, streaming=False):
        super().__init__(kernels, streaming)
        self.first, self.second = nn.Conv2d(1, kernels, 5), nn.Conv2d(kernels, kernels, 5)
        self.width, self.per_block = kernels * 32, kernels * 8

    def forward(self, x):
        return pooled(self.second(self.joined(x)), (3, 5)).flatten(1)


class OneD(Branch):
    pool, width, per_block = (1, 5), 128, 32

    def __init__(self, streaming=False):
        super().__init__(32, streaming)
        self.first, self.second = nn.Conv2d(1, 32, (36, 5)), nn.Conv2d(32, 32, (1, 5))

    def joined(self, x):
        return super().joined(x[:, :, ONE_D])

    def forward(self, x):                                                # the published one keeps the length: zeros at both ends
        return pooled(self.second(F.pad(self.joined(x), (2, 2))), (1, 6)).flatten(1)


class Spiral(Branch):
    pool, width, per_block = (3, 5), 128, 32

    def __init__(self, streaming=False):
        super().__init__(32, streaming)
        self.bands = nn.ModuleList(nn.Conv2d(1, 32, (3, 5)) for _ in SPIRAL)
        self.second = nn.Conv2d(32, 32, 5)

    def weights(self):
        """The three convolutions as one over three bands: [32, 3, 3, 5] and [32]."""
        return torch.cat([b.weight for b in self.bands], 1), sum(b.bias for b in self.bands)

    def first(self, x):
        return F.conv2d(torch.cat([x[:, :, b:b + 24] for b in SPIRAL], 1), *self.weights())

    def forward(self, x):
        return pooled(self.second(self.joined(x)), (3, 5)).flatten(1)


BRANCHES = {"2d": TwoD, "2d48": lambda streaming=False: TwoD(48, streaming), "1d": OneD, "spiral": Spiral}


class Published(nn.Module):
    def __init__(self, names):
        super().__init__()
        self.branches = nn.ModuleList(BRANCHES[n]() for n in names)
        self.dense, self.out = nn.Linear(sum(b.width for b in self.branches), 64), nn.Linear(64, len(CLASSES))

    def forward(self, x):
        y = F.dropout(torch.cat([b(x) for b in self.branches], 1), 0.5, self.training)
        return self.out(F.dropout(F.leaky_relu(self.dense(y), SLOPE), 0.5, self.training))


class Streaming(nn.Module):
    def __init__(self, names=("2d", "1d", "spiral"), hidden=64, dropout=(0.3, 0.3)):
        super().__init__()
        self.branches, self.dropout = nn.ModuleList(BRANCHES[n](streaming=True) for n in names), dropout
        self.dense, self.out = nn.Linear(sum(b.per_block for b in self.branches), hidden), nn.Linear(hidden, len(CLASSES))

    def scores(self, x):
        """[n, blocks, classes]; block i sees columns 5 i .. 5 i + 28."""
        return self.score(torch.cat([b.blocks(x).flatten(1, 2) for b in self.branches], 1).transpose(1, 2))

    def score(self, y):
        """Of what the branches make of blocks."""
        y = F.dropout(y, self.dropout[0], self.training)
        return self.out(F.dropout(F.leaky_relu(self.dense(y), SLOPE), self.dropout[1], self.training))

    def forward(self, x):
        return self.scores(x).mean(1)


def parameters(net):
    return sum(p.numel() for p in net.parameters())
