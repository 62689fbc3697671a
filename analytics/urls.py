"""Addresses of figures, reports and the ledger."""

from django.urls import path

from analytics import (
    views_figures,
    views_filing,
    views_leads,
    views_ledger,
    views_links,
    views_reports,
)

app_name = "analytics"

urlpatterns = [
    path("desk/ledger/", views_ledger.ledger, name="ledger"),
    path("desk/ledger/check/", views_ledger.check, name="check_ledger"),
    path("desk/ledger/verify_seals.py", views_ledger.verifier, name="verifier"),
    path("desk/ledger/<int:transaction>-<int:entry_id>/", views_ledger.entry, name="entry"),
    path("desk/ledger/<int:transaction>-<int:entry_id>/proof.json", views_ledger.proof, name="proof"),
    path("desk/figures/", views_figures.boards, name="boards"),
    path("desk/figures/<uuid:campaign_id>/", views_figures.board, name="board"),
    path("desk/figures/<uuid:campaign_id>/live.json", views_figures.board_live, name="board_live"),
    path("desk/leads/", views_leads.leads, name="leads"),
    path("desk/leads/costs/", views_leads.costs, name="costs"),
    path("desk/leads/costs/<uuid:campaign_id>/", views_leads.cost, name="cost"),
    path("desk/leads/costs/<uuid:campaign_id>/spend/", views_leads.spend, name="spend"),
    path("desk/leads/costs/<uuid:campaign_id>/correct/", views_leads.correct, name="correct_spend"),
    path("desk/links/articles/<slug:key>/", views_links.from_article, name="links_article"),
    path("desk/links/campaigns/<uuid:campaign_id>/", views_links.from_campaign, name="links_campaign"),
    path("desk/reports/", views_reports.reports, name="reports"),
    path("desk/reports/filings/", views_filing.log, name="filings"),
    path("desk/reports/order/", views_reports.order, name="order_report"),
    path("desk/reports/<uuid:order_id>/", views_reports.report, name="report"),
    path("desk/reports/<uuid:order_id>/filing/", views_filing.filing, name="filing"),
    path("desk/reports/<uuid:order_id>/filing/submit/", views_filing.submit, name="submit_filing"),
    path("desk/reports/<uuid:order_id>/filing/<slug:form>/", views_filing.download, name="filing_file"),
    path("desk/reports/<uuid:order_id>/retry/", views_reports.retry, name="retry_report"),
    path("desk/reports/<uuid:order_id>/check/", views_reports.check, name="check_report"),
    path(
        "desk/reports/<uuid:order_id>/report.pdf", views_reports.download, {"form": "pdf"}, name="report_pdf"
    ),
    path(
        "desk/reports/<uuid:order_id>/report.csv", views_reports.download, {"form": "csv"}, name="report_csv"
    ),
]
