"""Images in, what an image network makes of them out."""

from __future__ import annotations

from typing import cast

import torch
from torch import nn
from torch.nn.functional import interpolate


class Embedder(nn.Module):
    """An image network that takes images of any size, grey or of three channels.

    They are resized (bilinearly, without aliasing), scaled as the network's pretrained weights
    expect, and grey ones are repeated to its channels.

    Parameters
    ----------
    model : torch.nn.Module
        A timm model; its ``pretrained_cfg`` says how its inputs are scaled.
    size : int
        Height and width of what the model sees, in pixels.
    channels : int
        The model's, 1 or 3.
    """

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, model: nn.Module, size: int, channels: int = 3) -> None:
        super().__init__()
        self.model, self.size, self.channels = model, size, channels
        config = cast("dict[str, tuple[float, ...]]", model.pretrained_cfg)
        for name, of in (("mean", "mean"), ("deviation", "std")):
            values = torch.tensor(config[of])
            values = values if channels == len(values) else values.mean().expand(channels)
            self.register_buffer(name, values.view(1, -1, 1, 1), persistent=False)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return the model's outputs of images with values 0 to 255, of shape (n, h, w[, 3])."""
        channels_first = pixels.unsqueeze(1) if pixels.dim() == 3 else pixels.movedim(3, 1)
        images = channels_first.float() / 255
        if images.shape[2:] != (self.size, self.size):
            images = interpolate(images, (self.size, self.size), mode="bilinear", antialias=True)
        images = images.expand(-1, self.channels, -1, -1)
        outputs: torch.Tensor = self.model((images - self.mean) / self.deviation)
        return outputs
