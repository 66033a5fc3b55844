"""Neural networks and how they are trained: written once, for methods and generators alike.

Threads that have nothing to do sleep, rather than spin on a core that others work on: torch reads
that wish once, when it is first loaded, so it is set here, before any module can load it. Measured
where others worked on both of two cores, a step of latent diffusion at 256×256 took 1.8 s of
processor time with one thread, 2.0 s with two that sleep, and 12 s with two that spin; by the clock
4 s, 4 to 7 s and 21 s.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
