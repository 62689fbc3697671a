"""Addresses of the back office's own pages."""

from django.urls import path

from tenancy import (
    views,
    views_access,
    views_institution,
    views_notices,
    views_requests,
    views_seats,
    views_staff,
)

app_name = "tenancy"

urlpatterns = [
    path("desk/", views.home, name="home"),
    path("desk/brand/<slug:slug>.css", views.brand, name="brand"),
    path("desk/sign-in/", views_access.sign_in, name="sign_in"),
    path("desk/sign-in/second-factor/", views_access.second_factor, name="second_factor"),
    path("desk/sign-in/set-up/", views_access.set_up, name="set_up"),
    path("desk/sign-out/", views_access.sign_out, name="sign_out"),
    path("desk/welcome/<slug:slug>/", views_access.welcome, name="welcome"),
    path("desk/account/", views.account, name="account"),
    path("desk/account/password/", views.password, name="password"),
    path("desk/account/second-factor/", views.replace_second_factor, name="replace_second_factor"),
    path("desk/institution/", views_institution.institution, name="institution"),
    path("desk/notices/", views_notices.notices, name="notices"),
    path("desk/notices/read/", views_notices.read_all, name="notices_read"),
    path("desk/notices/<uuid:notice_id>/open/", views_notices.open_notice, name="notice_open"),
    path("desk/staff/", views_staff.colleagues, name="staff"),
    path("desk/staff/auditor/", views_seats.add, name="seat_add"),
    path("desk/staff/<uuid:staff_id>/last-day/", views_seats.last_day, name="seat_last_day"),
    path("desk/staff/new/", views_staff.add, name="staff_add"),
    path("desk/staff/<uuid:staff_id>/", views_staff.colleague, name="colleague"),
    path("desk/staff/<uuid:staff_id>/roles/", views_staff.roles, name="staff_roles"),
    path("desk/staff/requests/<uuid:request_id>/confirm/", views_requests.confirm, name="request_confirm"),
    path("desk/staff/requests/<uuid:request_id>/drop/", views_requests.drop, name="request_drop"),
    path("desk/staff/<uuid:staff_id>/invite/", views_staff.invite, name="staff_invite"),
    path("desk/staff/<uuid:staff_id>/close/", views_staff.close, name="staff_close"),
    path("desk/staff/<uuid:staff_id>/reopen/", views_staff.reopen, name="staff_reopen"),
    path("desk/staff/<uuid:staff_id>/clear-second-factor/", views_staff.clear, name="staff_clear"),
]
