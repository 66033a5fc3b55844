"""Convolutional autoencoders of grey images, with plain or residual blocks."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

STRIDES = 16  # what the decoder enlarges its first, smallest maps by


class Centred(nn.Module):
    """Grey values 0 to 255 (uint8, shape (n, h, w)) → floats −1 to 1, shape (n, 1, h, w)."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Scale: (x − 127.5) / 127.5."""
        return ((pixels.float() - 127.5) / 127.5).unsqueeze(1)


class Block(nn.Module):
    """Convolution 3×3, batch normalisation, leaky ReLU; or a residual block of two of them.

    Parameters
    ----------
    inputs, outputs : int
        Channels.
    stride : int
        1, or 2 to halve height and width (rounded up).
    residual : bool
        Two convolutions, and a shortcut by a projection 1×1.
    """

    def __init__(self, inputs: int, outputs: int, *, stride: int, residual: bool) -> None:
        super().__init__()
        layers = [*_normalised(inputs, outputs, 3, stride)]
        self.shortcut: nn.Module | None = None
        if residual:
            layers += [nn.LeakyReLU(0.2), *_normalised(outputs, outputs, 3, 1)]
            self.shortcut = nn.Sequential(*_normalised(inputs, outputs, 1, stride))
        self.layers = nn.Sequential(*layers)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Return the block's maps."""
        made: torch.Tensor = self.layers(maps)
        if self.shortcut is not None:
            made = made + self.shortcut(maps)
        return functional.leaky_relu(made, 0.2)


class Encoder(nn.Module):
    """Floats, shape (n, 1, h, w) → latent codes, shape (n, latent); for images of any size.

    A convolution of stride 2, four blocks of stride 2 that double the channels each, the mean
    over each map, a dense layer.

    Parameters
    ----------
    width : int
        Channels of the first convolution.
    latent : int
        Length of a code.
    residual : bool
        The kind of blocks.
    """

    def __init__(self, width: int, latent: int, *, residual: bool) -> None:
        super().__init__()
        blocks = [
            Block(width << k, width << (k + 1), stride=2, residual=residual) for k in range(4)
        ]
        first = nn.Conv2d(1, width, 3, stride=2, padding=1)
        self.maps = nn.Sequential(first, nn.LeakyReLU(0.2), *blocks)
        self.dense = nn.Linear(16 * width, latent)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the codes."""
        codes: torch.Tensor = self.dense(self.maps(images).mean(dim=(2, 3)))
        return codes


class Decoder(nn.Module):
    """Latent codes, shape (n, latent) → maps of the images' size, shape (n, channels, h, w).

    A dense layer to maps of a 16th of height and width, four times an enlargement by 2 and a
    block, a convolution. Where 16 does not divide a side, what is decoded is larger by the rest,
    and cropped.

    Parameters
    ----------
    size : tuple of int
        Height and width of the images.
    width, latent, residual
        As of :class:`Encoder`.
    channels : int
        How many maps.
    """

    def __init__(
        self, size: tuple[int, int], width: int, latent: int, *, residual: bool, channels: int = 1
    ) -> None:
        super().__init__()
        self.size = size
        self.smallest = (16 * width, -(-size[0] // STRIDES), -(-size[1] // STRIDES))
        self.dense = nn.Linear(latent, self.smallest[0] * self.smallest[1] * self.smallest[2])
        blocks = [
            Block(width << (k + 1), width << k, stride=1, residual=residual)
            for k in reversed(range(4))
        ]
        self.blocks = nn.ModuleList(blocks)
        self.last = nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Return the maps."""
        maps: torch.Tensor = self.dense(codes).unflatten(1, self.smallest)
        for block in self.blocks:
            maps = block(functional.interpolate(maps, scale_factor=2))
        height, width = self.size
        made: torch.Tensor = self.last(maps)[:, :, :height, :width]
        return made


class Autoencoder(nn.Module):
    """Images, −1 to 1, → their reconstructions, of the same shape and range.

    Parameters
    ----------
    size : tuple of int
        Height and width of the images.
    width, latent, residual
        As of :class:`Encoder`.
    """

    def __init__(self, size: tuple[int, int], width: int, latent: int, *, residual: bool) -> None:
        super().__init__()
        self.encoder = Encoder(width, latent, residual=residual)
        self.decoder = Decoder(size, width, latent, residual=residual)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the reconstructions."""
        return torch.tanh(self.decoder(self.encoder(images)))

    def errors(self, images: torch.Tensor, originals: torch.Tensor) -> torch.Tensor:
        """Return the mean squared error of each reconstruction against an original."""
        differences: torch.Tensor = self(images).float() - originals
        return differences.square().mean(dim=(1, 2, 3))


def encoding(encoder: nn.Module) -> nn.Module:
    """Return what makes an encoder's vectors of grey values, uint8, shape (n, h, w)."""
    return nn.Sequential(Centred(), encoder)


class Errors(nn.Module):
    """Grey values, uint8, shape (n, h, w) → an autoencoder's error on each image."""

    def __init__(self, autoencoder: Autoencoder) -> None:
        super().__init__()
        self.autoencoder = autoencoder
        self.centred = Centred()

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return the mean squared errors."""
        images = self.centred(pixels)
        return self.autoencoder.errors(images, images)


class PatchErrors(nn.Module):
    """Patches of others → an autoencoder's errors on one image into which they are put.

    Parameters
    ----------
    autoencoder : Autoencoder
        What reconstructs.
    image : ndarray of uint8, shape (h, w)
        The image; errors are those against it, as it was.
    rows, columns : slice
        Where the patch lies.
    """

    def __init__(
        self, autoencoder: Autoencoder, image: NDArray[np.uint8], rows: slice, columns: slice
    ) -> None:
        super().__init__()
        self.autoencoder = autoencoder
        self.image = torch.tensor(image, device=next(autoencoder.parameters()).device)
        self.rows, self.columns = rows, columns
        self.centred = Centred()

    def forward(self, patches: torch.Tensor) -> torch.Tensor:
        """Return the mean squared errors, one for each patch."""
        patched = self.image.repeat(len(patches), 1, 1)
        patched[:, self.rows, self.columns] = patches
        return self.autoencoder.errors(self.centred(patched), self.centred(self.image[None]))


def _normalised(inputs: int, outputs: int, kernel: int, stride: int) -> tuple[nn.Module, nn.Module]:
    """Return a convolution and the normalisation of its maps."""
    padding = kernel // 2
    return (
        nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=padding, bias=False),
        nn.BatchNorm2d(outputs),
    )
