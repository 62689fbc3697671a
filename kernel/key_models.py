"""The keys of an institution, wrapped by the key provider. The plain key is never stored."""

from __future__ import annotations

from django.db import models

from kernel.crypto import Algorithm
from kernel.tenant_model import NOTHING_PERSONAL, TenantModel


class InstitutionKey(TenantModel):
    """One version of one key: `seal` wraps participant keys, `index` finds equal values.

    A version is *coming* while rows are still being moved to it, *current* when it alone is written,
    *retired* when the proof found no row left on it; a destroyed version keeps its row and loses its key.
    """

    class Purpose(models.TextChoices):
        SEAL = "seal"
        INDEX = "index"

    class State(models.TextChoices):
        COMING = "coming"
        CURRENT = "current"
        RETIRING = "retiring"
        RETIRED = "retired"

    purpose = models.CharField(max_length=8, choices=Purpose)
    version = models.PositiveIntegerField()
    algorithm = models.PositiveSmallIntegerField(choices=[(each.value, each.label) for each in Algorithm])
    wrapped = models.BinaryField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.CURRENT)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    PERSONAL = NOTHING_PERSONAL

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution_id", "purpose", "version"], name="institution_key_version"
            ),
            models.UniqueConstraint(
                fields=["institution_id", "purpose"],
                condition=models.Q(state="current"),
                name="institution_key_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(state="retired") | models.Q(wrapped__isnull=False),
                name="institution_key_in_use_has_key",
            ),
        ]
