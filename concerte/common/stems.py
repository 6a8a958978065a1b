"""Words as they are looked for: one function makes searchable text, whatever searches it and on whatever database."""

import re
import unicodedata
from functools import cache

import Stemmer

MAX_TEXT = 20_000  # letters of one text that are read
MAX_STEM = 40  # letters of one stem that are kept
_WORD = re.compile(r"[a-z0-9]+(?:[àâäçéèêëîïôöùûüÿœæ]|[a-z0-9])*|[àâäçéèêëîïôöùûüÿœæ][a-zàâäçéèêëîïôöùûüÿœæ0-9]*")
_ELISION = re.compile(r"\b(?:qu|jusqu|lorsqu|puisqu|quoiqu|[cdjlmnst])'")
# Words that say nothing of the subject. Stems of one letter are left out too.
_EMPTY = """
a ai ainsi alors apres as au aucun aucune aupres aussi autre autres aux avant avec avez avoir avons ayant car
ce ceci cela celle celles celui ces cet cette ceux chaque chez comme comment contre dans de des depuis deux
doit doivent donc dont du elle elles en encore entre es est et etaient etait etant ete etre eu eux faire fait
faut font il ils je jusque la le les leur leurs lors lorsque lui ma mais me meme memes mes mettre mise moi
moins mon ne ni nos notre nous on ont ou par parce pas pendant peu peut peuvent plus plusieurs pour pourquoi
puis qu quand que quel quelle quelles quels qui quoi sa sans se selon sera ses si soit son sont sous sur ta te
tes tous tout toute toutes tres trop tu un une vers vos votre vous y
"""
_EMPTY_WORDS = frozenset(_EMPTY.split())


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("french")


def without_accents(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def stems(text: str) -> list[str]:
    """The stems of a French text in its order, repeated as they are: lower case ASCII letters and digits, 2 to 40.

    « L’état civil des communes » gives ["etat", "civil", "commun"]."""
    plain = unicodedata.normalize("NFC", text[:MAX_TEXT]).lower().replace("’", "'")
    words = [word for word in _WORD.findall(_ELISION.sub(" ", plain)) if without_accents(word) not in _EMPTY_WORDS]
    found = (without_accents(stem)[:MAX_STEM] for stem in _stemmer().stemWords(words))
    return [stem for stem in found if len(stem) > 1]
