"""One picture laid over another: moved and stretched until they agree best, and how well they do.

The second picture is moved and stretched, little by little, so that its local contrast comes to
equal that of the first: Gauss and Newton's steps on four numbers, with the gradient of the first
picture alone (the inverse compositional form of Lucas and Kanade's method).

References
----------
S. Baker, I. Matthews, Lucas-Kanade 20 years on: a unifying framework, IJCV 2004.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from whorl.features.sketch import local_contrast
from whorl.images.orientations import ORIENTATIONS

SIDE, SMALL_SIDE = 64, 32
RADIUS = 3
PAD = 0.2  # of a side, added on each
STEPS = 7
LONGEST_STEP = 0.03
MOST_SHIFT, MOST_STRETCH = 0.1, 0.16
HOPELESS = 0.35  # after two steps
STILL = 1e-3  # a step as short is the last

Grey = NDArray[np.uint8]


class Frame(NamedTuple):
    """Where a picture's content has gone, in shares of width and height.

    Attributes
    ----------
    right, down : float
        How far its centre has moved.
    wide, tall : float
        By how much it has grown in either direction; negative if it has shrunk.
    """

    right: float = 0.0
    down: float = 0.0
    wide: float = 0.0
    tall: float = 0.0

    def inverse(self) -> Frame:
        """Return the frame that undoes this one."""
        wide, tall = 1 + self.wide, 1 + self.tall
        return Frame(-self.right / wide, -self.down / tall, 1 / wide - 1, 1 / tall - 1)

    def oriented(self, orientation: int) -> Frame:
        """Return where the content has gone once the picture is mirrored or turned.

        Examples
        --------
        >>> Frame(right=0.25, tall=0.5).oriented(5)  # turned to the left: right becomes up
        Frame(right=0.0, down=-0.25, wide=0.5, tall=0.0)
        """
        right = -self.right if orientation % 2 else self.right
        down = -self.down if orientation // 2 % 2 else self.down
        if orientation < len(ORIENTATIONS) // 2:
            return Frame(right, down, self.wide, self.tall)
        return Frame(down, right, self.tall, self.wide)


IN_PLACE = Frame()


class Padded:
    """A picture with its edges drawn out, from which any frame can be cut.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width)
        Grey values.
    """

    def __init__(self, pixels: Grey) -> None:
        from PIL import Image

        self.size = pixels.shape
        self._pad = tuple(round(PAD * side) + 1 for side in pixels.shape)
        padded = np.pad(pixels, [(each, each) for each in self._pad], mode="edge")
        self._image = Image.fromarray(padded)

    def cut(self, frame: Frame, side: int | tuple[int, int]) -> Grey:
        """Return what lies in the frame, with `side` pixels on a side, or (height, width) of them.

        Where pixels are lost, each is the mean of those it covers.
        """
        from PIL import Image

        tall, wide = (side, side) if isinstance(side, int) else side
        height, width = self.size
        shrinks = width >= 2 * wide and height >= 2 * tall
        left, right = self._span(1, frame.right, frame.wide)
        top, bottom = self._span(0, frame.down, frame.tall)
        method = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
        return np.asarray(self._image.resize((wide, tall), method, box=(left, top, right, bottom)))

    def _span(self, axis: int, moved: float, grown: float) -> tuple[float, float]:
        """Return where the frame begins and ends, in pixels of the padded picture."""
        side, pad = self.size[axis], self._pad[axis]
        middle, half = pad + side * (0.5 + moved), side * (1 + grown) / 2
        return max(middle - half, 0.0), min(middle + half, side + 2.0 * pad)


class Template:
    """A picture over which others are laid.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width)
        Grey values.

    Examples
    --------
    >>> from whorl.testing.worlds import smooth_images
    >>> image = smooth_images(1, np.random.default_rng(0), 64)[0]
    >>> similarity, frame = Template(image).fit(Padded(np.roll(image, 2, axis=1)))
    >>> round(similarity, 2), round(64 * frame.right, 1), round(64 * frame.down, 1)
    (1.0, 2.0, 0.0)
    """

    def __init__(self, pixels: Grey) -> None:
        self._side = SIDE if min(pixels.shape) >= SIDE else SMALL_SIDE
        self._values = self._contrast(Padded(pixels), IN_PLACE)
        slopes = [slope * self._side for slope in np.gradient(self._values)]
        place = (np.arange(self._side, dtype=np.float32) + 0.5) / self._side - 0.5
        self._x, self._y = place[np.newaxis, :], place[:, np.newaxis]
        steps = [slopes[1], slopes[0], slopes[1] * self._x, slopes[0] * self._y]
        self._steps = np.stack([step.ravel() for step in steps], axis=1)
        self._inner = self._side // 2 - RADIUS
        curvature = self._steps.T @ (self._steps * self._inside(np.zeros(4)).reshape(-1, 1))
        ridge = 1e-6 * max(float(np.trace(curvature)), 1.0)
        self._solver = np.linalg.inv(curvature + ridge * np.eye(4, dtype=np.float32))

    def fit(self, other: Padded, start: Frame = IN_PLACE) -> tuple[float, Frame]:
        """Lay another picture over this one.

        Parameters
        ----------
        other : Padded
            The other.
        start : Frame
            Where this one's content is thought to be in it.

        Returns
        -------
        tuple of (float, Frame)
            The correlation of their local contrasts where they overlap, −1 to 1, and where this
            one's content was found. It is given up as soon as it looks hopeless.
        """
        found, best, frame = np.array(start, np.float64), -1.0, start
        for step in range(STEPS):
            values = self._contrast(other, Frame(*found))
            inside = self._inside(found)
            similarity = _correlation(self._values, values, inside)
            if similarity > best:
                best, frame = similarity, Frame(*map(float, found))
            if step == 2 and best < HOPELESS:
                break
            move = self._solver @ (self._steps.T @ ((values - self._values) * inside).ravel())
            move = np.clip(move, -LONGEST_STEP, LONGEST_STEP)
            found = _moved(found, move)
            if np.abs(move).max() < STILL:
                break
        return best, frame

    def _contrast(self, picture: Padded, frame: Frame) -> NDArray[np.float32]:
        """Return the local contrast of what lies in the frame."""
        contrast: NDArray[np.float32] = local_contrast(
            picture.cut(frame, self._side)[np.newaxis], RADIUS
        )[0]
        return contrast

    def _inside(self, frame: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return 1 where both pictures show something, 0 at their edges: shape (side, side)."""
        bound = self._inner / self._side
        across = np.maximum(np.abs(self._x), np.abs(frame[0] + (1 + frame[2]) * self._x)) < bound
        down = np.maximum(np.abs(self._y), np.abs(frame[1] + (1 + frame[3]) * self._y)) < bound
        inside: NDArray[np.float32] = (across & down).astype(np.float32)
        return inside


def _moved(frame: NDArray[np.float64], move: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the frame that undoes a move of the template, within bounds."""
    grown = (1 + frame[2:]) / (1 + move[2:])
    shifted = frame[:2] - grown * move[:2]
    return np.concatenate(
        [
            np.clip(shifted, -MOST_SHIFT, MOST_SHIFT),
            np.clip(grown - 1, -MOST_STRETCH, MOST_STRETCH),
        ]
    )


def _correlation(
    a: NDArray[np.float32], b: NDArray[np.float32], weight: NDArray[np.float32]
) -> float:
    """Return the correlation of two pictures where the weight is 1; 0 where one is flat."""
    w, x, y = weight.ravel(), a.ravel(), b.ravel()
    n = max(float(w.sum()), 1.0)
    x, y = w * (x - (w @ x) / n), w * (y - (w @ y) / n)
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else 0.0
