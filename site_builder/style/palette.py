"""The colours of the light theme, read from the stylesheet, for what is printed."""

import re
from functools import lru_cache

from site_builder.render import templating

_ROOT = re.compile(r":root\s*\{([^}]*)\}")
_COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3,8})\b", re.IGNORECASE)


def light() -> dict[str, str]:
    """Every colour of the light theme by its name in report.css, as `#rrggbb`, in the brand in use."""
    return _light(templating.stylesheet())


@lru_cache(maxsize=1)
def _light(css: bytes) -> dict[str, str]:
    root = _ROOT.search(css.decode("utf-8"))
    return dict(_COLOUR.findall(root.group(1))) if root else {}
