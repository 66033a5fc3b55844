"""Confusion counts that teams published for the official 2023 test set."""

from whorl.evaluation import Counts

PUBLISHED = {
    "Clef-CSE-GAN 1": (Counts(tp=79, tn=22, fp=78, fn=21), 0.614),
    "Clef-CSE-GAN 2": (Counts(tp=55, tn=44, fp=56, fn=45), 0.521),
    "Clef-CSE-GAN 3": (Counts(tp=36, tn=69, fp=31, fn=64), 0.431),
    "DMK 1": (Counts(tp=43, tn=64, fp=36, fn=57), 0.480),
    "VCMI 2": (Counts(tp=77, tn=85, fp=15, fn=23), 0.802),
}
