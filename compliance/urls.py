"""Addresses of the review desk, the law library and the certificate."""

from django.urls import path

from compliance import (
    views,
    views_batch,
    views_evidence,
    views_golden,
    views_law,
    views_library,
    views_queue,
    views_remarks,
    views_requirements,
    views_rules,
    views_substitutes,
)

app_name = "compliance"

_REVIEW = "desk/reviews/<uuid:review_id>/"

urlpatterns = [
    path("desk/reviews/", views_queue.reviews, name="reviews"),
    path("desk/reviews/take/", views_queue.take, name="take"),
    path("desk/reviews/put-back/", views_queue.put_back, name="put_back"),
    path("desk/reviews/nudge/", views_queue.nudge, name="nudge"),
    path("desk/reviews/figures/", views_library.figures, name="figures"),
    path("desk/reviews/batches/<uuid:batch_id>/", views_batch.batch, name="batch"),
    path("desk/reviews/batches/<uuid:batch_id>/approve/", views_batch.approve_plain, name="approve_plain"),
    path(_REVIEW, views.review, name="review"),
    path(f"{_REVIEW}phone/", views_batch.phone, name="phone"),
    path(f"{_REVIEW}decide/", views.decide, name="decide"),
    path(f"{_REVIEW}conditions/<uuid:condition_id>/filing/", views.filing, name="filing"),
    path(f"{_REVIEW}look/", views.look, name="look"),
    path(f"{_REVIEW}comments/", views_remarks.comment, name="comment"),
    path(f"{_REVIEW}comments/<uuid:comment_id>/resolve/", views_remarks.resolve, name="resolve"),
    path(f"{_REVIEW}findings/<slug:key>/dismiss/", views.dismiss, name="dismiss"),
    path(f"{_REVIEW}findings/<slug:key>/keep/", views_golden.keep, name="keep_finding"),
    path(f"{_REVIEW}dismissals/<uuid:dismissal_id>/confirm/", views.confirm, name="confirm"),
    path(f"{_REVIEW}evidence/", views_evidence.ask, name="ask_evidence"),
    path("desk/evidence/", views_evidence.packages, name="evidence"),
    path("desk/evidence/progress.json", views_evidence.progress, name="evidence_progress"),
    path("desk/evidence/<uuid:package_id>/package.zip", views_evidence.download, name="evidence_file"),
    path("desk/remarks/<uuid:comment_id>/answer/", views_remarks.answer, name="answer"),
    path("desk/reviews/substitutes/", views_substitutes.substitutes, name="substitutes"),
    path("desk/reviews/substitutes/name/", views_substitutes.name, name="substitute_name"),
    path("desk/reviews/substitutes/<uuid:named_id>/end/", views_substitutes.end, name="substitute_end"),
    path("desk/scan/", views_library.scan_text, name="scan"),
    path("desk/scan/try/", views_library.try_text, name="try"),
    path("desk/rules/", views_rules.rules, name="rules"),
    path("desk/rules/add/", views_rules.add, name="rule_add"),
    path("desk/rules/remove/", views_rules.remove, name="rule_remove"),
    path("desk/rules/requirements/add/", views_requirements.require, name="requirement_add"),
    path("desk/rules/requirements/remove/", views_requirements.remove, name="requirement_remove"),
    path("desk/rules/<uuid:pack_id>/try/", views_rules.try_draft, name="rule_try"),
    path("desk/rules/trials/<int:number>/", views_rules.trial, name="trial"),
    path("desk/rules/golden/", views_golden.golden, name="golden"),
    path("desk/rules/golden/add/", views_golden.add, name="golden_add"),
    path("desk/rules/golden/import/", views_golden.add_many, name="golden_import"),
    path(
        "desk/rules/golden/import/template.<slug:kind>", views_golden.import_template, name="golden_template"
    ),
    path("desk/rules/golden/export.csv", views_golden.export, name="golden_export"),
    path("desk/rules/golden/set-aside/", views_golden.set_aside, name="golden_set_aside"),
    path("desk/rules/golden/bring-back/", views_golden.bring_back, name="golden_bring_back"),
    path("desk/rules/golden/<uuid:sentence_id>/withdraw/", views_golden.withdraw, name="golden_withdraw"),
    path("desk/rules/<uuid:pack_id>/activate/", views_rules.activate, name="rule_activate"),
    path("desk/articles/", views_law.library, name="articles"),
    path("desk/articles/<slug:key>/", views_law.article, name="article"),
    path("certificates/<slug:slug>/<slug:certificate>/", views_library.certificate, name="certificate"),
]
