"""Addresses of the privacy desk."""

from django.urls import path

from privacy import views, views_customers

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
    path("desk/privacy/customers/", views_customers.overview, name="customers"),
    path("desk/privacy/customers/key/", views_customers.make_key, name="customer_key"),
    path("desk/privacy/customers/upload/", views_customers.upload, name="customer_upload"),
    path("desk/privacy/customers/progress/", views_customers.progress, name="customer_progress"),
    path("desk/privacy/customers/tool.py", views_customers.tool, name="customer_tool"),
    path(
        "desk/privacy/customers/<uuid:import_id>/faults.csv", views_customers.faults, name="customer_faults"
    ),
]
