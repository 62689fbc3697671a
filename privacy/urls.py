"""Addresses of the privacy desk."""

from django.urls import path

from privacy import views

app_name = "privacy"

urlpatterns = [
    path("desk/privacy/", views.overview, name="overview"),
    path("desk/privacy/readers/", views.reveal_rules, name="reveal_rules"),
    path("desk/privacy/people/<uuid:participant_id>/", views.person, name="person"),
    path("desk/privacy/people/<uuid:participant_id>/reveal/", views.reveal, name="reveal"),
    path("desk/privacy/people/<uuid:participant_id>/hold/", views.hold, name="hold"),
    path("desk/privacy/people/<uuid:participant_id>/release/", views.release, name="release"),
    path("desk/privacy/people/<uuid:participant_id>/forget/", views.forget, name="forget"),
    path("desk/privacy/notices/new/", views.notice_add, name="notice_add"),
    path("desk/privacy/notices/<uuid:notice_id>/", views.notice, name="notice"),
    path("desk/privacy/keys/", views.keys, name="keys"),
]
