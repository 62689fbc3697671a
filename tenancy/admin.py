"""Record lists of institutions' people and places."""

from __future__ import annotations

from tenancy.models import Branch, Staff
from tenancy.records import TenantAdmin, records
from tenancy.roles import Permission


@records.show(Branch)
class BranchRecords(TenantAdmin):
    permission = Permission.VIEW_STAFF
    list_display = ["name", "city", "address", "is_active"]
    list_filter = ["is_active", "city"]
    search_fields = ["name", "city", "address"]


@records.show(Staff)
class StaffRecords(TenantAdmin):
    permission = Permission.VIEW_STAFF
    list_display = ["display_name", "username", "branch", "is_active", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["display_name", "username"]
