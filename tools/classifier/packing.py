"""A trained model as the file that the layer ships: one signed byte a weight, compressed. `PhraseModel` reads it."""

import json
import zlib
from pathlib import Path

import numpy as np

from tools.classifier.calibration import LEAST_SUB, Fitted
from tools.classifier.corpus import phrases_digest
from tools.classifier.training import Weights

MODEL = Path(__file__).parent.parent.parent / "layers" / "common" / "porchlight" / "data" / "phrases.model"
MOST_BYTES = 1_000_000
_HALF = 127


def packed(weights: Weights, fitted: Fitted, wordings: dict[str, str]) -> bytes:
    """The file's bytes; `wordings` are labelled texts and their readings.

    Raises:
        ValueError: When they are more than a layer should carry.
    """
    scale = float(np.abs(weights.matrix).max()) / _HALF
    head = {
        "phrases": phrases_digest(),
        "readings": weights.readings,
        "bias": [round(one, 5) for one in weights.bias.tolist()],
        "scale": scale,
        "calibration": {name: round(value, 5) for name, value in fitted.calibration.items()},
        "thresholds": fitted.thresholds._asdict(),
        "least_sub": LEAST_SUB,
        "agreement": round(fitted.agreement, 5),
        "wordings": {reading: _of(reading, wordings) for reading in sorted(set(wordings.values()))},
    }
    rows = np.rint(weights.matrix / scale).astype(np.int8).tobytes()
    data = zlib.compress(b"\n".join([json.dumps(head).encode(), "\t".join(weights.features).encode(), rows]), 9)
    if len(data) >= MOST_BYTES:
        message = f"the model has {len(data)} bytes"
        raise ValueError(message)
    return data


def _of(reading: str, wordings: dict[str, str]) -> list[str]:
    return sorted(text for text, own in wordings.items() if own == reading)
