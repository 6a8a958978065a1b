"""What stands above an imported text: how much of the programme it really holds, counted from the facts themselves.

Stored text, in French whatever the language of the person who imports."""

from concerte.programme.draft import Basis
from concerte.programme.programme_file import ProgrammeFile

_EXERCISE = "Ceci est un exercice\u00a0: le programme, ses actions et ses organisations sont fictifs."


def notice_of(file: ProgrammeFile) -> str:
    """Sentences saying what is missing, deduced or unknown; '' when nothing is."""
    if file.is_fictitious:
        return _EXERCISE
    return " ".join(filter(None, (_announced(file), _groups(file), _axes(file), _pilots(file), _deadlines(file))))


def _announced(file: ProgrammeFile) -> str:
    announced, named = _count(file, "announced_first_actions"), _count(file, "named_first_actions")
    established = _count(file, "established_actions")
    if not (announced and established) or announced <= named:
        return ""
    verb = "sont nommées" if named > 1 else "est nommée"
    return (
        f"Le programme annonçait {announced} premières actions\u00a0: {named} seulement {verb} dans les sources "
        f"lues\u202f; {established} actions sont établies en tout."
    )


def _groups(file: ProgrammeFile) -> str:
    groups, topics = _count(file, "project_groups_established"), _count(file, "announced_topics_without_group")
    if not groups:
        return ""
    sentence = f"{groups} groupes projets sont établis par les sources lues"
    if topics:
        sentence += f"\u202f; {topics} sujets annoncés n’ont pas de groupe connu"
    missing = [str(number) for number in file.coverage.get("missing_group_numbers") or () if isinstance(number, int)]
    if missing:
        sentence += f"\u202f; groupe {', '.join(missing)}\u00a0: rien n’a été trouvé"
    return f"{sentence}."


def _axes(file: ProgrammeFile) -> str:
    deduced = sum(action.axis_basis == Basis.DEDUCED for action in file.actions)
    if not deduced:
        return ""
    if deduced == len(file.actions):
        return "Aucune source lue ne rattache une action à un axe\u00a0: ce rangement, fait ici, n’a rien d’officiel."
    count = len(file.actions)
    return f"Le rattachement à un axe est déduit pour {deduced} actions sur {count}\u00a0: il n’a rien d’officiel."


def _pilots(file: ProgrammeFile) -> str:
    """The side that never pilots anything is said first: it is the most often misread."""
    colleges = {partner.id: partner.college for partner in file.partners}
    unestablished = sum(action.pilots_basis in {Basis.DEDUCED, Basis.UNKNOWN} for action in file.actions)
    sentences = []
    has_local_pilot = any(colleges[pilot] == "collectivites" for action in file.actions for pilot in action.pilots)
    if not has_local_pilot:
        sentences.append("Aucun pilote n’a été trouvé du côté des collectivités.")
    if unestablished:
        sentences.append(f"Les pilotes de {unestablished} actions sur {len(file.actions)} sont déduits ou inconnus.")
    return " ".join(sentences)


def _deadlines(file: ProgrammeFile) -> str:
    unknown = sum(not action.deadline for action in file.actions)
    return f"{unknown} actions sur {len(file.actions)} n’ont pas d’échéance connue." if unknown else ""


def _count(file: ProgrammeFile, name: str) -> int:
    value = file.coverage.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
