"""Every model says what personal data it holds, why, how long, and what erasure does to it."""

from __future__ import annotations

import pytest
from django.apps import apps

from kernel.models import Personal
from kernel.sealed import SealedTextField
from tests.services import ROOT
from tests.walk import APPS, only_excused

MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
EACH = [pytest.param(model, id=model._meta.label) for model in MODELS]
NOT_PERSONAL = {
    "privacy.Participant.wrapped_key": "a wrapped key; destroying it is how a person is forgotten",
}
PERSONAL_NAMES = {
    "phone",
    "mobile",
    "openid",
    "email",
    "id_number",
    "display_name",
    "username",
    "address_of_person",
}


@pytest.mark.parametrize("model", EACH)
def test_every_model_declares_its_personal_data(model):
    declared = getattr(model, "PERSONAL", None)

    assert declared is not None, f"{model._meta.label} says nothing about personal data"
    assert all(isinstance(entry, Personal) for entry in declared.values())


@pytest.mark.parametrize("model", EACH)
def test_what_is_declared_exists_and_is_complete(model):
    columns = {field.name for field in model._meta.get_fields()}

    for name, entry in model.PERSONAL.items():
        assert name in columns, f"{model._meta.label}.{name} does not exist"
        assert all(text.strip() for text in (entry.what, entry.why, entry.keep, entry.erase))


def test_what_is_sealed_or_sounds_personal_is_declared():
    hidden = {
        f"{model._meta.label}.{field.name}": type(field).__name__
        for model in MODELS
        for field in model._meta.get_fields()
        if (isinstance(field, SealedTextField) or field.name in PERSONAL_NAMES)
        and field.name not in model.PERSONAL
    }

    only_excused(hidden, NOT_PERSONAL)


def test_the_map_of_personal_data_is_up_to_date():
    """`docs/reference/personal-data.md` is written by `manage.py write_reference`."""
    text = (ROOT / "docs" / "reference" / "personal-data.md").read_text()

    missing = [
        f"{model._meta.label}.{name}"
        for model in MODELS
        for name in model.PERSONAL
        if f"`{name}`" not in text
    ]
    assert not missing
