"""The exercise programme, filled so that every page of the journey has something made-up on it: an exchange and what it
led to, a group, ideas, a vote, a disagreement, a text submitted upstream. All of it is fiction, and in French: content.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from concerte.accounts.models import User
from concerte.concertation.exchanges_content import current_digest
from concerte.concertation.models import Exchange, Idea, Need, Theme
from concerte.concertation.services import (
    appreciate_idea,
    confirm_exchange,
    create_group,
    create_theme,
    decide_publication,
    fill_seat,
    group_exchange,
    group_needs,
    join_need,
    move_idea,
    propose_idea,
    raise_need,
    record_exchange,
)
from concerte.documents.models import Amendment
from concerte.documents.rich_text import bullet_list, paragraph
from concerte.documents.services import append_update, current_state
from concerte.governance.counting_rules import read_rule
from concerte.governance.decisions_example import DOUBLE_MAJORITY, load_example_rules
from concerte.governance.models import Body
from concerte.governance.services import (
    Cost,
    open_decision,
    open_disagreement,
    record_attempt,
    submit_consultation,
    take_stance,
)
from concerte.lineage.references import Reference
from concerte.partners.models import College, Organisation
from concerte.programme.models import Programme
from concerte.programme.seeding import with_blocks
from concerte.programme.services import accept_amendment, join_idea_to_action, open_amendment, submit_amendment

STATE, ASSOCIATION, FEDERATION = (
    "service-essai-etat",
    "association-essai-communes",
    "federation-essai-departements",
)


@dataclass(frozen=True)
class _Exercise:
    """Who acts in the exercise. people: by example role."""

    programme: Programme
    body: Body
    people: Mapping[str, User]
    organisations: Mapping[str, Organisation]
    today: date

    @property
    def state(self) -> Organisation:
        return self.organisations[STATE]

    @property
    def association(self) -> Organisation:
        return self.organisations[ASSOCIATION]


@transaction.atomic
def fill_exercise(programme: Programme, body: Body, people: Mapping[str, User]) -> None:
    """Fill the exercise once; does nothing where an exchange is there already. people: by example role."""
    if Exchange.objects.filter(circle=programme.circle).exists():
        return
    organisations = Organisation.objects.in_bulk([STATE, ASSOCIATION, FEDERATION], field_name="slug")
    at = _Exercise(programme, body, people, organisations, timezone.localdate())
    exchange = _exchange(at)
    theme = _needs_and_theme(at, exchange)
    _ideas(at, theme)
    _amendments(at)
    _vote(at)
    _disagreement(at)
    _consultation(at)


def _exchange(at: _Exercise) -> Exchange:
    exchange = record_exchange(
        at.programme.circle,
        title="Ce que demandent les usagers au guichet (exercice)",
        held_on=(at.today - timedelta(days=40)).isoformat(),
        organisations=[at.state, at.association],
        subjects="Horaires introuvables\nDémarches commencées au guichet et jamais finies",
        people=[at.people["pilot"], at.people["representative"]],
        visibility="public",
        notes=(
            paragraph("Les deux parties constatent que les mêmes questions reviennent dans toutes les communes."),
            bullet_list(["Les horaires ne sont pas à jour en ligne.", "Les agents ne savent pas jusqu’où aider."]),
        ),
        acting_user=at.people["pilot"],
    )
    for organisation, role in ((at.state, "pilot"), (at.association, "representative")):
        confirm_exchange(
            exchange, organisation=organisation, digest=current_digest(exchange), acting_user=at.people[role]
        )
    record_exchange(
        at.programme.circle,
        title="Accès des petites communes aux formations (exercice)",
        held_on=(at.today - timedelta(days=3)).isoformat(),
        organisations=[at.state, at.association],
        notes=(paragraph("À compléter ensemble, puis à confirmer de chaque côté."),),
        acting_user=at.people["representative"],
    )
    exchange.refresh_from_db()
    return exchange


def _needs_and_theme(at: _Exercise, exchange: Exchange) -> Theme:
    circle, by = at.programme.circle, at.people["representative"]
    hours = raise_need(
        circle,
        title="Donner des horaires justes en ligne",
        difficulty="Les horaires de la mairie sont écrits à cinq endroits, jamais les mêmes.",
        concerned="Les secrétaires de mairie et les usagers",
        strata=["commune-0", "commune-500", "commune-2000"],
        urgency="semester",
        visibility="public",
        organisation=at.association,
        raised_in=Reference.to(exchange),
        acting_user=by,
    )
    help_given = raise_need(
        circle,
        title="Savoir jusqu’où aider un usager au guichet",
        difficulty="Un agent qui remplit une démarche à la place d’un usager ne sait pas s’il en a le droit.",
        concerned="Les agents d’accueil",
        strata=["commune-500", "epci", "departement"],
        urgency="year",
        visibility="public",
        organisation=at.association,
        raised_in=Reference.to(exchange),
        acting_user=by,
    )
    join_need(hours, organisation=at.organisations[FEDERATION], words="Nos maisons aussi.", acting_user=None)
    theme = create_theme(
        circle,
        title="Un accueil que l’on trouve et qui aide",
        description="Ce qui se joue au guichet et sur la page d’accueil des communes.",
        visibility="public",
        acting_user=at.people["coordination"],
    )
    needs: list[Need] = [hours, help_given]
    group_needs(theme, needs, acting_user=at.people["coordination"])
    group_exchange(theme, Reference.to(exchange), acting_user=at.people["coordination"])
    return theme


def _ideas(at: _Exercise, theme: Theme) -> None:
    circle = at.programme.circle
    group = create_group(
        circle,
        name="Groupe Accueil (exercice)",
        purpose="Décrire un accueil numérique que toute commune peut reprendre.",
        colleges=list(College.objects.filter(slug__in=("etat", "collectivites"))),
        is_open=True,
        acting_user=at.people["coordination"],
    )
    pilots = {"etat": (at.state, "pilot"), "collectivites": (at.association, "representative")}
    for seat in group.seats.select_related("college"):
        organisation, role = pilots[seat.college.slug]
        fill_seat(seat, person=at.people[role], organisation=organisation, acting_user=at.people["coordination"])
    for role in ("pilot", "representative"):
        decide_publication(group, wants=True, acting_user=at.people[role])

    def idea(title: str, text: str) -> Idea:
        return propose_idea(
            circle,
            group=group,
            title=title,
            text=text,
            organisation=at.association,
            visibility="public",
            inspired_by=[Reference.to(theme)],
            acting_user=at.people["representative"],
        )

    page = idea(
        "Un modèle de page d’accueil à reprendre tel quel",
        "Une page complète, accessible, avec les horaires pris dans un seul endroit.",
    )
    card = idea("Une carte de visite par agent", "Chaque agent d’accueil remet une carte avec ses horaires.")
    idea("Un numéro unique par intercommunalité", "Un seul numéro, qui oriente vers la bonne mairie.")
    appreciate_idea(
        page,
        organisation=at.state,
        kind="favourable",
        reasons="Le modèle peut être prêt en un semestre.",
        acting_user=at.people["pilot"],
    )
    move_idea(
        page,
        state="retained",
        reasons="Elle répond au besoin le plus partagé, et se fait avec ce qui existe.",
        acting_user=at.people["pilot"],
    )
    move_idea(
        card,
        state="set_aside",
        reasons="Utile, mais à décider dans chaque commune : un programme commun n’y ajoute rien.",
        acting_user=at.people["representative"],
    )
    join_idea_to_action(at.programme, page, code="EXO-01", acting_user=at.people["coordination"])


def _amendments(at: _Exercise) -> None:
    """One that was accepted, by the representative of the association; one that waits for an answer, by the reader."""
    accepted = _amendment(
        at,
        title="Dire ce que change la formation pour les petites communes",
        reasons="Les effets ne parlent que du guichet. Une secrétaire de mairie seule y gagne aussi.",
        change=("EXO-02", "effects", "Une secrétaire de mairie seule sait où adresser ce qu’elle ne peut pas faire."),
        organisation=at.association,
        by=at.people["representative"],
    )
    accept_amendment(
        at.programme,
        accepted,
        answer="C’est juste, et cela se mesurera avec le reste.",
        organisation=at.state,
        acting_user=at.people["coordination"],
    )
    _amendment(
        at,
        title="Essayer aussi dans un département",
        reasons="Nos maisons tiennent la moitié des lieux de la liste : un essai sans elles ne prouverait rien.",
        change=("EXO-04", "milestones", "Mars 2027 : essai dans un département volontaire."),
        organisation=at.organisations[FEDERATION],
        by=at.people["reader"],
    )


def _amendment(
    at: _Exercise, *, title: str, reasons: str, change: tuple[str, str, str], organisation: Organisation, by: User
) -> Amendment:
    """A submitted amendment that adds a paragraph. change: code of the action, section, text."""
    code, section, text = change
    amendment = open_amendment(at.programme, title=title, reasons=reasons, organisation=organisation, acting_user=by)
    update = with_blocks(current_state(amendment.fork_id), code, section, (paragraph(text),))
    if update is not None:
        append_update(amendment.fork_id, update, acting_user=by)
    return submit_amendment(at.programme, amendment, acting_user=by)


def _vote(at: _Exercise) -> None:
    rules = {named.name: read_rule(named.rule) for named in load_example_rules(at.body, acting_user=None)}
    open_decision(
        at.body,
        question="Le prochain semestre commence-t-il par l’accueil des petites communes ?",
        explanation="Le comité choisit ce qui passe en premier ; les deux collèges doivent être d’accord.",
        wording="Le programme traite d’abord l’accueil des communes de moins de 3 500 habitants.",
        rule=rules[DOUBLE_MAJORITY],
        rule_name=DOUBLE_MAJORITY,
        closes_at=timezone.now() + timedelta(days=20),
        review_on=at.today + timedelta(days=180),
        circle=at.programme.circle,
        acting_user=at.people["coordination"],
    )


def _disagreement(at: _Exercise) -> None:
    opened = open_disagreement(
        at.programme.circle,
        title="Qui paie l’hébergement des pages des petites communes ?",
        description="Le coût par habitant varie de un à dix selon la taille de la commune.",
        visibility="public",
        organisation=at.association,
        acting_user=at.people["representative"],
    )
    take_stance(
        opened,
        position="L’État finance le socle, la commune paie l’usage",
        reasons="Une commune de trois cents habitants ne peut pas payer un hébergement qualifié.",
        wording="L’hébergement du socle est financé par l’État pour les communes de moins de 3 500 habitants.",
        organisation=at.association,
        acting_user=at.people["representative"],
    )
    take_stance(
        opened,
        position="Un tarif unique par habitant, mis en commun par département",
        reasons="Le budget n’est ouvert que pour deux ans.",
        organisation=at.state,
        acting_user=at.people["pilot"],
    )
    record_attempt(
        opened,
        text="Réunion de chiffrage : deux hypothèses sur quatre sont écartées.",
        tried_on=at.today - timedelta(days=12),
        organisation=at.state,
        acting_user=at.people["pilot"],
    )


def _consultation(at: _Exercise) -> None:
    submit_consultation(
        at.programme.circle,
        kind="decree",
        title="Projet de décret sur les horaires publiés par les communes (exercice)",
        summary="Chaque commune publie ses horaires dans un fichier ouvert, mis à jour dans les huit jours.",
        due_on=at.today + timedelta(days=30),
        strata=["commune-0", "commune-500", "epci"],
        costs={
            "commune-0": Cost(once_euros=150, yearly_euros=0, note="Une demi-journée de travail"),
            "commune-500": Cost(once_euros=300, yearly_euros=50),
            "epci": Cost(note="Non chiffré à ce jour"),
        },
        bodies=[at.body],
        concerned=[Reference.to(at.programme.actions.get(code="EXO-01"))],
        visibility="public",
        organisation=at.state,
        acting_user=at.people["pilot"],
    )
