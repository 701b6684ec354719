"""Detectors of one's own: a folder with a `detector.toml` in, a detector out (`load`).

Four types: `onnx` and `transformers`, a text classifier on this machine; `endpoint`, a moderation or chat model behind
an OpenAI-compatible address, which sends the texts of posts there, and so is off until a case names it; `hate`, the
shipped detector, calibrated or adapted to posts of one's own. All keep to `checks.check_detector`.
"""

from rejoinder.signals.own.load import load

__all__ = ["load"]
