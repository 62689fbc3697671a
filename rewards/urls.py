"""Addresses of the service desk."""

from django.urls import path

from rewards import views, views_grants

app_name = "rewards"

urlpatterns = [
    path("desk/redeem/", views.redeem, name="redeem"),
    path("desk/appointments/", views.appointments, name="appointments"),
    path("desk/appointments/<uuid:appointment_id>/take/", views.take, name="take"),
    path("desk/appointments/<uuid:appointment_id>/missed/", views.missed, name="missed"),
    path("desk/appointments/<uuid:appointment_id>/reveal/", views.reveal, name="reveal"),
    path("desk/grants/", views_grants.issued, name="grants"),
    path("desk/grants/<uuid:grant_id>/", views_grants.issued_one, name="grant"),
    path("desk/grants/<uuid:grant_id>/revoke/", views_grants.revoke, name="revoke"),
    path("desk/benefits/", views.benefits, name="benefits"),
    path("desk/benefits/new/", views.benefit_add, name="benefit_add"),
    path("desk/benefits/<uuid:benefit_id>/retire/", views.benefit_retire, name="benefit_retire"),
    path("desk/benefits/times/", views.slots, name="slots"),
]
