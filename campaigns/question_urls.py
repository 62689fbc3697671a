"""Addresses of the question library in the back office."""

from __future__ import annotations

from django.urls import URLPattern, path

from campaigns import views_question, views_questions

app_name = "questions"

_AT = "desk/questions/<uuid:question_id>/"

urlpatterns: list[URLPattern] = [
    path("desk/questions/", views_questions.own, name="own"),
    path("desk/questions/house/", views_questions.ours, name="ours"),
    path("desk/questions/held/", views_questions.held, name="held"),
    path("desk/questions/held/<slug:code>/clear/", views_questions.clear, name="clear"),
    path("desk/questions/offered/", views_questions.offered_now, name="offered"),
    path("desk/questions/submit/", views_questions.submit_many, name="submit_many"),
    path("desk/questions/import/", views_questions.import_rows, name="import"),
    path("desk/questions/import/template.<slug:kind>", views_questions.import_template, name="template"),
    path("desk/questions/new/", views_question.write, name="write"),
    path(_AT, views_question.question, name="question"),
    path(f"{_AT}draft/", views_question.save, name="save"),
    path(f"{_AT}submit/", views_question.submit, name="submit"),
    path(f"{_AT}merge/", views_question.merge, name="merge"),
    path(f"{_AT}deeds/<slug:deed>/", views_question.carry_out, name="deed"),
]
