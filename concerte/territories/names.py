"""How a name is looked for: whatever its case, accents, hyphens, and « saint » or « st »."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})
_SHORTENED = {"saint": "st", "sainte": "ste", "saints": "st", "saintes": "ste"}


def searchable(name: str) -> str:
    """`L'Haÿ-les-Roses` and `l hay les roses` both give "l hay les roses"; `Saint-Étienne` and `st etienne`,
    "st etienne". Nothing but lower case letters, digits and single spaces."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LIGATURES))
    words = re.findall(r"[a-z0-9]+", "".join(each for each in plain if not unicodedata.combining(each)))
    return " ".join(_SHORTENED.get(word, word) for word in words)
