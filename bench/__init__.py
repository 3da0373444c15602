"""Measurements: each module is a program of its own, `python -m bench.NAME` or `bench/NAME.py`."""

import bot as _bot  # noqa: F401  before numpy: it sets how many threads numpy's BLAS takes
