"""A change of the institution's key takes every authenticator along: nobody is locked out by it."""

from __future__ import annotations

from django.utils import timezone

from kernel import keyring
from kernel.actor import SYSTEM
from kernel.crypto import key_id_of
from privacy.usecases import continue_rotation, start_rotation
from tenancy import access, totp
from tenancy.models import Staff, TotpDevice
from tests.cast import NOON
from tests.desk import signed_in


def test_an_authenticator_still_works_after_the_old_key_is_destroyed(marketer, administrator):
    staff = Staff.objects.get(id=marketer.id)
    sealed = access.propose_secret(staff, now=NOON)
    secret = access.secret_of(staff.id, sealed)
    TotpDevice.objects.create(id=staff.id, staff=staff, sealed_secret=sealed, confirmed_at=NOON)

    rotation = start_rotation(actor=administrator, purpose="seal", now=NOON)
    for step in range(1, 4):
        while continue_rotation(actor=SYSTEM, rotation_id=rotation.id, now=NOON + step * keyring.SETTLED):
            pass
    rotation.refresh_from_db()
    keyring.forget_cached_keys()
    code = totp.code_at(secret, totp.step_of(timezone.now()))
    answer = signed_in(marketer, verified=False).post("/desk/sign-in/second-factor/", {"code": code})

    assert rotation.finished_at is not None
    assert rotation.proof["rows_on_old_key"]["tenancy_totpdevice.sealed_secret"] == 0
    assert key_id_of(bytes(TotpDevice.objects.get(id=staff.id).sealed_secret)) == rotation.new_id
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
