"""Handing out proof is itself a deed that leaves a trace."""

from __future__ import annotations

from datetime import datetime

from compliance.evidence import Package, evidence_package
from compliance.models import Review
from kernel.actor import Actor, Ref
from kernel.errors import NotFound
from kernel.scope import current_institution
from ledger.record import record
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase


@usecase(Permission.VIEW_EVIDENCE)
def make_evidence(*, actor: Actor, subject: Ref, now: datetime) -> Package:
    """Pack everything about a subject's reviews. Raises NotFound when it was never reviewed."""
    if not Review.objects.of_subject(subject.kind, subject.id).exists():
        raise NotFound
    package = evidence_package(institution=institution_of(current_institution()), subject=subject, now=now)
    record(
        "compliance.evidence_made",
        actor=actor,
        subject=subject,
        at=now,
        campaign_id=subject.id,
        root=package.root,
    )
    return package
