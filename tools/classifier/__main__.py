"""`python -m tools.classifier train` writes the layer's model; `evaluate` writes docs/classifier.json.

Both ask each carrier's phrases of a model trained without that carrier. Progress goes to standard error; the last line
on standard output is one JSON object. Needs `requirements-train.txt`; `make train-classifier` brings it.
"""

import argparse
import json

from tools.classifier.calibration import fitted
from tools.classifier.corpus import labelled_phrases
from tools.classifier.held_out import ROOT, held_out
from tools.classifier.packing import MODEL, packed
from tools.classifier.report import report
from tools.classifier.training import features, train
from tools.classifier.wordings import learned

REPORT = ROOT / "docs" / "classifier.json"


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.classifier", description="Carriers' words into statuses.")
    parser.add_argument("command", choices=("train", "evaluate"))
    result = _train() if parser.parse_args().command == "train" else _evaluate()
    print(json.dumps(result))
    return 0


def _train() -> dict[str, object]:
    phrases = labelled_phrases()
    trust = fitted(phrases, held_out(phrases))
    weights = train(phrases, [features(one) for one in phrases])
    data = packed(weights, trust, learned(phrases))
    MODEL.parent.mkdir(exist_ok=True)
    MODEL.write_bytes(data)
    return {
        "phrases": len(phrases),
        "features": len(weights.features),
        "bytes": len(data),
        **trust.thresholds._asdict(),
    }


def _evaluate() -> dict[str, object]:
    phrases = labelled_phrases()
    figures = report(phrases, held_out(phrases))
    REPORT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return {name: value for name, value in figures.items() if name not in {"by_status", "by_carrier"}}


raise SystemExit(main())
