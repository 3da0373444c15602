"""The interviewer: what is said next, and what an answer is worth."""

import os

# Set before numpy is loaded. The encoder's matrices are small, so a second BLAS thread only
# spins, on the core that the model needs: 30 sentences took 4 s of processor time with two
# threads, 0.3 s with one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
