"""The content security policy of a page: it runs and wears what stands in it, by digest, and asks nothing of a host."""

import base64
import hashlib
from collections.abc import Sequence


def policy(style: str, scripts: Sequence[str] = (), images: str = "") -> str:
    """The policy of a page that holds this style and these scripts.

    Args:
        images: from which schemes images may come, as in `data: blob:`.
    """
    rules = ["default-src 'none'"]
    if scripts:
        rules.append(f"script-src {' '.join(map(_source, scripts))}")
    rules.append(f"style-src {_source(style)}")
    if images:
        rules.append(f"img-src {images}")
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
