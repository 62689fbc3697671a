"""What other rooms import for their rows, and the one table of the kernel itself."""

from kernel.key_models import InstitutionKey
from kernel.tenant_model import NOTHING_PERSONAL, Personal, TenantManager, TenantModel, TenantQuerySet

__all__ = [
    "NOTHING_PERSONAL",
    "InstitutionKey",
    "Personal",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
]
