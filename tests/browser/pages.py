"""The pages that are looked at in every way: by whom, where."""

PUBLIC = (
    "/",
    "/en/",
    "/programmes",
    "/programmes/dcant-2018-2020",
    "/programmes/dcant-2018-2020/axes/axe-1",
    "/actions/DCANT-01",
    "/actions/DCANT-13",
    "/programmes/dcant-2018-2020/editions",
    "/programmes/tnt-2021-2024",
    "/actions/TNT-03",
    "/programmes/exercice",
    "/decisions",
    "/organisations",
    "/organisations/dinum",
    "/connexion",
    "/plan-du-site",
    "/accessibilite",
    "/mentions-legales",
    "/donnees-personnelles",
    "/cookies",
    "/statistiques",
    "/actions/DCANT-999",  # not found: a page too
)

# The visible beginning of the button of each example role, and what that role sees besides the public pages.
SIGNED_IN = {
    "Coordination": (
        "/mon-espace",
        "/programmes/dcant-2018-2020/redaction",
        "/programmes/dcant-2018-2020/verifications",
        "/programmes/exercice/redaction",
        "/programmes/exercice/verifications",
        "/programmes/exercice/propositions",
        "/programmes/exercice/coordination",
        "/coordination/organisations",
        "/coordination/organisations/nouvelle",
        "/coordination/organisations/amf/modifier",
        "/coordination/organisations/amf/fin",
        "/coordination/rattachements",
        "/coordination/rattachements/nouveau",
        "/coordination/rattachements/1/fin",
        "/deconnexion",
    ),
    "Représentante": ("/mon-espace", "/programmes/exercice/redaction", "/programmes/exercice/propositions"),
    "Lecteur": ("/mon-espace", "/mon-espace/courriels", "/programmes/dcant-2018-2020/redaction"),
    "Administr": (
        "/mon-espace",
        "/coordination/programmes/nouveau",
        "/coordination/organisations",
        "/coordination/rattachements",
    ),
}
