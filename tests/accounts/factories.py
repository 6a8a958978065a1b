"""People, by situation."""

from typing import Any

import factory

from concerte.accounts.models import User


class UserFactory(factory.django.DjangoModelFactory[User]):
    """inactive: may not sign in. administrator: runs the platform."""

    class Meta:
        model = User

    class Params:
        inactive = factory.Trait(is_active=False)
        administrator = factory.Trait(is_staff=True, is_superuser=True)

    name = factory.Sequence(lambda rank: f"Personne {rank}")
    email = factory.Sequence(lambda rank: f"personne-{rank}@exemple.invalid")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)
