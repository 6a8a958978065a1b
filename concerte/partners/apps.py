from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "concerte.partners"
    label = "partners"
    verbose_name = "partenaires"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Not before: these modules need the models.
        from concerte.accounts import hooks, sections
        from concerte.partners import accounts_followed, my_space

        sections.register(my_space.my_memberships)
        hooks.being_erased.register(accounts_followed.end_memberships_of_the_erased)
        hooks.activity_changed.register(accounts_followed.follow_activity)
