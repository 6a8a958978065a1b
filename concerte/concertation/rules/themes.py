"""Who may do what with themes and priorities. Asked of what the person is to the circle today."""

from concerte.partners.circles import Standing


def may_arrange(standing: Standing) -> bool:
    """Create and describe themes, put needs and exchanges in them: whoever writes in the circle."""
    return standing.may_write


def may_reshape(standing: Standing) -> bool:
    """Merge, split and withdraw themes, open and close rounds: the coordination."""
    return standing.may_coordinate


def name_of_arranger(standing: Standing) -> str:
    """The slug of the organisation in whose name themes are arranged; '' for a person who may not."""
    return standing.spokesperson.organisation.slug if standing.may_write else ""
