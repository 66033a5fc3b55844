"""Neural networks and how they are trained: written once, for methods and generators alike.

Threads that have nothing to do sleep, rather than spin on a core that others work on: torch reads
that wish once, when it is first loaded, so it is set here, before any module can load it. Measured
where others worked on both of two cores, a step of latent diffusion at 256×256 took 4 s with one
thread, 4 s with two that sleep, and 20 s with two that spin.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
