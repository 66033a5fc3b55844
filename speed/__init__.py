"""Speed side by side: every library's SSIM of all pairs, in one run, on the same images."""
