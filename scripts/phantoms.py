"""Procedural phantoms that look like axial chest CT in a lung window.

Every picture is drawn, none is measured: outlines are signed distance functions whose sizes and
places come from a random generator, filled with Hounsfield units from back to front, given noise,
and windowed. As in CT, the patient's left is on the right of the picture.
"""

from __future__ import annotations

import numpy as np
from canvas import Canvas, Field, union
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

AIR, LUNG, FAT, MUSCLE, BLOOD, MARROW, BONE = -1000.0, -865.0, -105.0, 55.0, 45.0, 230.0, 700.0
WINDOW_LEVEL, WINDOW_WIDTH = -520.0, 1480.0


def phantom(rng: np.random.Generator, size: int = 128) -> NDArray[np.uint8]:
    """Draw one phantom: a slice through a chest that exists nowhere.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the anatomy and the noise.
    size : int
        Height and width in pixels.

    Returns
    -------
    ndarray of uint8, shape (size, size)
        Grey values in a lung window.
    """
    canvas = Canvas.blank(rng, size, AIR)
    level = float(rng.uniform(0.0, 1.0))  # 0: aortic arch, 1: dome of the liver
    cavity = _chest_wall(canvas)
    _spine(canvas)
    lungs = np.maximum(cavity, -_mediastinum(canvas, level))
    _lungs(canvas, lungs)
    return _window(canvas)


def _chest_wall(c: Canvas) -> Field:
    """Draw skin, fat, muscle, ribs and sternum; return the distance to the chest cavity."""
    half = (c.around(0.8, 0.035), c.around(0.655, 0.045))
    cavity = c.rounded_box(half, c.around(2.4, 0.25))
    wall, fat = c.around(0.095, 0.01), float(c.rng.gamma(2.5, 0.02))
    back = c.ellipse((0.0, half[1] + 0.02), (0.55, 0.17))
    skin = union(cavity - wall - fat, back - 0.4 * fat, 0.15)
    c.fill(skin - 0.015, 5.0)
    c.fill(skin, FAT + 12.0 * c.texture(2.0))
    muscle = union(cavity - wall * (0.8 + 0.12 * c.texture(6.0)), back + 0.04, 0.1)
    c.fill(muscle, MUSCLE + 10.0 * c.texture(1.5))
    c.fill(np.maximum(np.abs(cavity - 0.085) - 0.009, muscle), FAT, softness=2.0)
    _ribs(c, cavity, half)
    sternum = c.ellipse((c.around(0.0, 0.01), -half[1] - 0.045), (c.around(0.12, 0.02), 0.036))
    c.fill(sternum, BONE)
    c.fill(sternum + 0.02, MARROW)
    return cavity


def _ribs(c: Canvas, cavity: Field, half: tuple[float, float]) -> None:
    """Draw the ribs where the slice cuts them: slanting arcs within the chest wall."""
    for side in (-1.0, 1.0):
        turns = np.arctan2(c.y / half[1], side * c.x / half[0])
        centre = c.around(-1.15, 0.15)
        while centre < 1.3:
            reach, slant = c.around(0.15, 0.09), c.around(0.0, 0.22)
            depth = cavity - 0.045 - slant * (turns - centre)
            across = np.abs(depth) - c.around(0.023, 0.004)
            along = (np.abs(turns - centre) - reach) * half[1]
            rib = np.maximum(across, along) + 0.012 * np.exp(-((along / 0.03) ** 2))
            c.fill(rib, BONE)
            c.fill(rib + 0.017, MARROW)
            centre += reach + c.around(0.33, 0.1)


def _spine(c: Canvas) -> None:
    """Draw a vertebra: body, arch, processes and the spinal canal."""
    x, y = c.around(0.0, 0.012), c.around(0.43, 0.02)
    radius = c.around(0.125, 0.012)
    arch = c.ellipse((x, y + 0.2), (0.1, 0.09))
    for side in (-1.0, 1.0):
        process = c.ellipse((x + side * 0.16, y + 0.19), (0.12, 0.028), side * c.around(0.3, 0.2))
        arch = union(arch, process, 0.04)
    arch = union(arch, c.ellipse((x, y + 0.29), (0.022, 0.09)), 0.03)
    c.fill(arch, BONE - 150.0)
    c.fill(arch + 0.022, MARROW)
    body = c.ellipse((x, y), (radius, 0.84 * radius))
    c.fill(body, BONE)
    c.fill(body + 0.022, MARROW + 35.0 * c.texture(1.2), softness=1.6)
    c.fill(c.ellipse((x, y + 0.165), (0.058, 0.05)), 35.0)


def _mediastinum(c: Canvas, level: float) -> Field:
    """Draw heart and great vessels for the slice's level; return the distance to them all."""
    low = float(np.clip((level - 0.35) / 0.35, 0.0, 1.0))  # 0: great vessels, 1: heart
    spine = union(c.ellipse((0.0, 0.47), (0.165, 0.17)), c.ellipse((0.0, 0.7), (0.26, 0.13)), 0.12)
    aorta = c.ellipse((c.around(0.135, 0.02), c.around(0.27, 0.03)), (c.around(0.08, 0.014),) * 2)
    heart = c.ellipse(
        (c.around(0.02 + 0.13 * low, 0.03), c.around(-0.22, 0.03)),
        (c.around(0.17 + 0.2 * low, 0.035), c.around(0.27 + 0.05 * low, 0.035)),
        c.around(-0.1 - 0.5 * low, 0.2),
    )
    core = c.ellipse((0.0, 0.08), (c.around(0.13, 0.02), 0.42))
    tip = c.ellipse((c.around(0.01, 0.02), -0.6), (0.035 + 0.09 * low, 0.16))
    whole = union(union(spine, core, 0.1), union(aorta, heart, 0.05), 0.07)
    whole = union(whole, tip, 0.1) + 0.006 * c.texture(4.0)
    beside_spine = -c.ellipse((0.0, 0.62), (0.24, 0.3))
    c.fill(np.maximum(whole, beside_spine), -35.0 + 15.0 * c.texture(3.0))
    blood = BLOOD + float(c.rng.choice([0.0, 0.0, 50.0, 170.0]))
    c.fill(aorta + 0.012, blood)
    chambers = 0.35 * (blood - BLOOD) * np.clip(c.texture(6.0), -1.0, 1.0)
    c.fill(heart + c.around(0.035, 0.015), BLOOD + 0.6 * (blood - BLOOD) + chambers)
    if low < 0.75:
        _great_vessels(c, blood)
        _airways(c, level)
    if level > 0.85:
        whole = np.minimum(whole, _liver(c, (level - 0.85) / 0.15))
    return whole


def _great_vessels(c: Canvas, value: float) -> None:
    """Draw the ascending aorta, the superior vena cava and the pulmonary trunk."""
    for place, radius in (((-0.02, -0.17), 0.095), ((-0.13, -0.1), 0.055), ((0.11, -0.16), 0.075)):
        centre = (c.around(place[0], 0.02), c.around(place[1], 0.02))
        c.fill(c.ellipse(centre, (c.around(radius, 0.012), c.around(radius, 0.012))), value)


def _airways(c: Canvas, level: float) -> None:
    """Draw the trachea, or the two main bronchi below its fork."""
    if level < 0.25:
        places = [(c.around(-0.02, 0.02), 0.07)]
    else:
        places = [(c.around(-0.1, 0.02), 0.055), (c.around(0.09, 0.02), 0.05)]
    y = c.around(0.05, 0.02)
    for x, radius in places:
        distance = c.ellipse((x, y), (radius, c.around(radius * 0.95, 0.01)))
        c.fill(distance - 0.016, 20.0)
        c.fill(distance, AIR + 15.0)


def _liver(c: Canvas, size: float) -> Field:
    """Draw the dome of the liver in the right lung; return the distance to it."""
    centre = (c.around(-0.36, 0.05), c.around(-0.14, 0.05))
    dome = c.ellipse(centre, (0.08 + 0.25 * size, 0.06 + 0.24 * size))
    c.fill(dome, 60.0)
    return np.asarray(dome + 0.03)


def _lungs(c: Canvas, lungs: Field) -> None:
    """Fill the lungs with parenchyma, vessels, sometimes opacities and nodules."""
    tissue = c.around(LUNG, 30.0) + 50.0 * c.y + 10.0 * c.texture(6.0) + 10.0 * c.texture(1.0)
    if c.rng.random() < 0.3:
        tissue = tissue + _opacity(c)
    vessels = np.zeros_like(c.hu)
    for side in (-1.0, 1.0):
        tissue = tissue + 120.0 * c.mask(_fissure(c, side))
        _vessels(c, vessels, side)
    c.fill(lungs, tissue + vessels * (MUSCLE - tissue))
    if c.rng.random() < 0.35:
        for _ in range(int(c.rng.integers(1, 4))):
            _nodule(c, lungs)


def _fissure(c: Canvas, side: float) -> Field:
    """Return the distance to the fissure between two lobes: a thin arc across the lung."""
    arc = c.ellipse((side * c.around(0.3, 0.1), c.around(-0.75, 0.1)), (0.9, c.around(0.85, 0.15)))
    return np.asarray(np.maximum(np.abs(arc), -side * c.x + 0.1))


def _opacity(c: Canvas) -> Field:
    """Return the added density of patches of ground glass."""
    cloud = c.texture(4.0) + 0.5 * c.texture(1.5)
    side = 1.0 if c.rng.random() < 0.5 else -1.0
    place = c.ellipse((side * c.around(0.55, 0.15), c.around(0.2, 0.35)), (0.3, 0.3))
    return np.asarray(c.around(300.0, 100.0) * c.mask(place, 18.0) * np.clip(cloud, 0.0, 1.5))


def _vessels(c: Canvas, cover: Field, side: float) -> None:
    """Draw one lung's vessels: trees from the hilum, and many short cuts through branches."""
    hilum = np.array([side * c.around(0.15, 0.03), c.around(0.06, 0.04)])
    for turn in np.linspace(-1.2, 1.1, int(c.rng.integers(3, 6))):
        outward = c.around(float(turn), 0.3)
        _branch(c, cover, hilum, outward if side > 0 else np.pi - outward, c.around(0.034, 0.008))
    for _ in range(int(c.rng.integers(70, 110))):
        outward, reach = c.around(0.0, 1.5), 0.08 + 0.62 * float(np.sqrt(c.rng.random()))
        heading = outward if side > 0 else np.pi - outward
        start = hilum + reach * np.array([np.cos(heading), 1.05 * np.sin(heading)])
        radius = max(0.004, c.around(0.016, 0.009) * (1.0 - reach))
        heading += float(c.rng.normal(0.0, 0.5))
        stop = start + c.rng.exponential(0.035) * np.array([np.cos(heading), np.sin(heading)])
        c.stroke(cover, start, stop, (radius, 0.8 * radius))


def _branch(c: Canvas, cover: Field, start: Field, heading: float, radius: float) -> None:
    """Draw a vessel from `start` on and, with smaller radii, the two that it parts into."""
    if radius < 0.006 or c.rng.random() < 0.12:
        return
    heading += c.around(0.0, 0.2)
    stop = start + c.around(0.11, 0.05) * np.array([np.cos(heading), np.sin(heading)])
    c.stroke(cover, start, stop, (radius, 0.8 * radius))
    spread = c.around(0.4, 0.15)
    _branch(c, cover, stop, heading + spread, radius * c.around(0.6, 0.12))
    _branch(c, cover, stop, heading - 0.5 * spread, radius * c.around(0.72, 0.1))


def _nodule(c: Canvas, lungs: Field) -> None:
    """Draw a round nodule with a wavy outline somewhere in the lungs."""
    inside = np.argwhere(lungs < -0.08)
    row, column = inside[int(c.rng.integers(len(inside)))]
    centre = (float(c.x[row, column]), float(c.y[row, column]))
    radius = float(np.clip(c.rng.gamma(3.0, 0.013), 0.015, 0.1))
    outline = c.ellipse(centre, (radius, radius * c.around(0.9, 0.15)), c.around(0.0, 1.5))
    c.fill(outline + 0.12 * radius * c.texture(1.5), c.around(0.0, 60.0), softness=1.5)


def _window(c: Canvas) -> NDArray[np.uint8]:
    """Blur as a scanner does, add its grainy noise, and map the lung window to 0 … 255."""
    hu = gaussian_filter(c.hu, 0.45)
    white = c.rng.standard_normal(hu.shape)
    grain = gaussian_filter(white, 0.6) - gaussian_filter(white, 1.6)
    inside = np.clip((hu - AIR) / 100.0, 0.0, 1.0)
    hu = hu + c.around(14.0, 5.0) * inside * grain / grain.std()
    grey = (hu - WINDOW_LEVEL + WINDOW_WIDTH / 2.0) / WINDOW_WIDTH * 255.0
    return np.asarray(np.clip(np.rint(grey), 0.0, 255.0), np.uint8)
