"""Every kind of generator with hyper-parameters that make it quick, for images of 16×16."""

from __future__ import annotations

from whorl.generators import GAN, Generator, LatentDiffusion, PCADiffusion, PixelDiffusion

TINY: dict[str, Generator] = {
    "pca-diffusion": PCADiffusion(
        components=5, width=16, depth=2, steps=10, batch=8, sampling_steps=5
    ),
    "latent-diffusion": LatentDiffusion(
        steps=10,
        batch=4,
        autoencoder_share=0.4,
        autoencoder_batch=4,
        crop=8,
        autoencoder_widths=(4, 8),
        latents=2,
        fold=2,
        unet_widths=(8, 8),
        unet_attention=(False, True),
        sampling_steps=2,
    ),
    "diffusion": PixelDiffusion(
        steps=10, batch=4, unet_widths=(8, 8), unet_attention=(False, True), sampling_steps=2
    ),
    "gan": GAN(steps=10, batch=4, numbers=4, width=4, widest=8),
}
"""By their names."""
