"""Words without what typing leaves out: capitals, accents, signs. The same on every database."""

import re
import unicodedata


def fold(text: str) -> str:
    """Lower case, without accents, words apart by one space."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", plain))
