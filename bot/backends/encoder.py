"""Sentence embeddings in process: all-MiniLM-L6-v2, run with numpy.

The model (22 million weights) is small enough that a plain numpy forward pass
embeds a sentence in a few milliseconds on two cores, so neither PyTorch nor a
second model server is needed. Architecture: Devlin et al., "BERT", 2019; mean
pooling and unit length as in Reimers and Gurevych, "Sentence-BERT", 2019.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
MAX_TOKENS = 256
_CACHED_TEXTS = 4096
_BATCH_TOKENS = 256


class Encoder:
    """Turns texts into unit vectors of 384 numbers; the dot product is their similarity."""

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self._layers = int(config["num_hidden_layers"])
        self._heads = int(config["num_attention_heads"])
        self._epsilon = float(config["layer_norm_eps"])
        self.width = int(config["hidden_size"])
        self._w = {
            k: v.astype(np.float32) for k, v in load_file(folder / "model.safetensors").items()
        }
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, shape (len(texts), width). Text past 256 tokens is cut off."""
        if not texts:
            return np.zeros((0, self.width), dtype=np.float32)
        known = self._known(texts)
        new = list(dict.fromkeys(t for t in texts if t not in known))
        for batch in self._batches(new):
            known |= zip(batch, self._forward(list(batch.values())), strict=True)
        self._keep({text: known[text] for text in new})
        return np.stack([known[text] for text in texts])

    def share_known(self, words: Sequence[str]) -> float:
        """Return the share of `words` that stand whole in the vocabulary: low for key mashing."""
        known = sum(self._tokenizer.token_to_id(word.casefold()) is not None for word in words)
        return known / len(words) if words else 0.0

    def _known(self, texts: Sequence[str]) -> dict[str, Vectors]:
        with self._lock:
            found = {t: self._cache[t] for t in texts if t in self._cache}
            for text in found:
                self._cache.move_to_end(text)
        return found

    def _keep(self, new: dict[str, Vectors]) -> None:
        with self._lock:
            self._cache.update(new)
            while len(self._cache) > _CACHED_TEXTS:
                self._cache.popitem(last=False)

    def _batches(self, texts: list[str]) -> Iterator[dict[str, list[int]]]:
        """Yield texts with their tokens, so many that the weights are read once for all of them."""
        batch: dict[str, list[int]] = {}
        for text in texts:
            batch[text] = self._tokenizer.encode(text).ids
            if sum(len(ids) for ids in batch.values()) >= _BATCH_TOKENS:
                yield batch
                batch = {}
        if batch:
            yield batch

    def _forward(self, texts: list[list[int]]) -> Vectors:
        """Return one unit vector for each text: the tokens of all stand under each other."""
        w = self._w
        ids = [token for text in texts for token in text]
        places = [place for text in texts for place in range(len(text))]
        ends = np.cumsum([len(text) for text in texts])
        spans = [slice(end - len(text), end) for text, end in zip(texts, ends, strict=True)]
        x = (
            w["embeddings.word_embeddings.weight"][ids]
            + w["embeddings.position_embeddings.weight"][places]
            + w["embeddings.token_type_embeddings.weight"][0]
        )
        x = self._norm(x, "embeddings.LayerNorm")
        for layer in range(self._layers):
            at = f"encoder.layer.{layer}."
            x = self._norm(x + self._attend(x, spans, at), at + "attention.output.LayerNorm")
            hidden = _gelu(self._linear(x, at + "intermediate.dense"))
            x = self._norm(x + self._linear(hidden, at + "output.dense"), at + "output.LayerNorm")
        pooled: Vectors = np.stack([x[span].mean(axis=0) for span in spans])
        unit: Vectors = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return unit

    def _attend(self, x: Vectors, spans: list[slice], at: str) -> Vectors:
        """Let each text's tokens look at one another, and at no other text's."""
        q, k, v = (self._linear(x, f"{at}attention.self.{n}") for n in ("query", "key", "value"))
        mixed = np.empty_like(x)
        for span in spans:
            mixed[span] = self._look(q[span], k[span], v[span])
        return self._linear(mixed, at + "attention.output.dense")

    def _look(self, q: Vectors, k: Vectors, v: Vectors) -> Vectors:
        q, k, v = (y.reshape(len(y), self._heads, -1).transpose(1, 0, 2) for y in (q, k, v))
        scores = q @ k.transpose(0, 2, 1) / np.float32(np.sqrt(q.shape[-1]))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed: Vectors = (scores / scores.sum(axis=-1, keepdims=True)) @ v
        return mixed.transpose(1, 0, 2).reshape(q.shape[1], -1)

    def _linear(self, x: Vectors, name: str) -> Vectors:
        y: Vectors = x @ self._w[name + ".weight"].T + self._w[name + ".bias"]
        return y

    def _norm(self, x: Vectors, name: str) -> Vectors:
        mean = x.mean(axis=-1, keepdims=True)
        scaled = (x - mean) / np.sqrt(x.var(axis=-1, keepdims=True) + self._epsilon)
        y: Vectors = scaled * self._w[name + ".weight"] + self._w[name + ".bias"]
        return y


def _gelu(x: Vectors) -> Vectors:
    y: Vectors = 0.5 * x * (1.0 + _erf(x / np.float32(np.sqrt(2.0))))
    return y


def _erf(x: Vectors) -> Vectors:
    # Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: error below 1.5e-7.
    t = 1.0 / (1.0 + 0.3275911 * np.abs(x))
    poly = t * (
        0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    )
    y: Vectors = np.sign(x) * (1.0 - poly * np.exp(-x * x))
    return y
