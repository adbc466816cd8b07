"""Fonts for what the theme's own fonts lack: which there are, what a document needs of them, and small copies of that.

The same small fonts go into all three editions, so a reader needs none installed.
"""

from specflow.fonts.coverage import Coverage, Missing, cover
from specflow.fonts.han import han_language
from specflow.fonts.subset import families

__all__ = ["Coverage", "Missing", "cover", "families", "han_language"]
