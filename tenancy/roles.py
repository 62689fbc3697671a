"""Who may do what: one matrix that pages, tasks, use cases and tests all ask."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """A post at an institution. A person may hold several."""

    MARKETER = "marketer"
    CREATIVE = "creative"
    LEGAL = "legal"
    OPERATIONS = "operations"
    COMPLIANCE = "compliance"
    CONSUMER_PROTECTION = "consumer_protection"
    SERVICE = "service"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_LABELS = {
    Role.MARKETER: _("营销人员"),
    Role.CREATIVE: _("创意审核"),
    Role.LEGAL: _("法务审核"),
    Role.OPERATIONS: _("运营审核"),
    Role.COMPLIANCE: _("合规岗"),
    Role.CONSUMER_PROTECTION: _("消费者权益保护岗"),
    Role.SERVICE: _("服务岗"),
    Role.AUDITOR: _("审计"),
    Role.ADMINISTRATOR: _("机构管理员"),
}


class Permission(StrEnum):
    """One deed or one kind of reading."""

    VIEW_HOME = "view_home"
    VIEW_CAMPAIGNS = "view_campaigns"
    EDIT_CAMPAIGN = "edit_campaign"
    SUBMIT_CAMPAIGN = "submit_campaign"
    PUBLISH_CAMPAIGN = "publish_campaign"
    STOP_CAMPAIGN = "stop_campaign"
    VIEW_REVIEWS = "view_reviews"
    DECIDE_REVIEW = "decide_review"
    COMMENT_REVIEW = "comment_review"
    MANAGE_RULES = "manage_rules"
    VIEW_SUBSTITUTES = "view_substitutes"
    CLEAR_QUESTION = "clear_question"
    VIEW_EVIDENCE = "view_evidence"
    VIEW_BENEFITS = "view_benefits"
    MANAGE_BENEFITS = "manage_benefits"
    REDEEM_CODE = "redeem_code"
    REVOKE_GRANT = "revoke_grant"
    VIEW_APPOINTMENTS = "view_appointments"
    VIEW_PARTICIPANTS = "view_participants"
    REVEAL_PERSONAL = "reveal_personal"
    MANAGE_PRIVACY = "manage_privacy"
    VIEW_FIGURES = "view_figures"
    VIEW_LEADS = "view_leads"
    RECORD_SPEND = "record_spend"
    VIEW_REPORTS = "view_reports"
    MAKE_REPORT = "make_report"
    VIEW_LEDGER = "view_ledger"
    VIEW_STAFF = "view_staff"
    MANAGE_STAFF = "manage_staff"
    MANAGE_INSTITUTION = "manage_institution"
    IMPORT_CUSTOMERS = "import_customers"


PERMISSION_LABELS = {
    Permission.VIEW_HOME: _("进入工作台"),
    Permission.VIEW_CAMPAIGNS: _("查看活动"),
    Permission.EDIT_CAMPAIGN: _("编辑活动"),
    Permission.SUBMIT_CAMPAIGN: _("提交审核"),
    Permission.PUBLISH_CAMPAIGN: _("发布活动"),
    Permission.STOP_CAMPAIGN: _("紧急停止活动"),
    Permission.VIEW_REVIEWS: _("查看审核"),
    Permission.DECIDE_REVIEW: _("作出审核决定"),
    Permission.COMMENT_REVIEW: _("审核批注"),
    Permission.MANAGE_RULES: _("维护规则包"),
    Permission.VIEW_SUBSTITUTES: _("查看审核替代安排"),
    Permission.CLEAR_QUESTION: _("复核待查题目"),
    Permission.VIEW_EVIDENCE: _("查看证据包"),
    Permission.VIEW_BENEFITS: _("查看服务权益"),
    Permission.MANAGE_BENEFITS: _("维护服务权益"),
    Permission.REDEEM_CODE: _("核销"),
    Permission.REVOKE_GRANT: _("撤销权益"),
    Permission.VIEW_APPOINTMENTS: _("查看预约"),
    Permission.VIEW_PARTICIPANTS: _("查看参与者（脱敏）"),
    Permission.REVEAL_PERSONAL: _("查看个人信息明文"),
    Permission.MANAGE_PRIVACY: _("处理个人信息请求"),
    Permission.VIEW_FIGURES: _("查看数据看板"),
    Permission.VIEW_LEADS: _("查看线索（脱敏）"),
    Permission.RECORD_SPEND: _("登记活动费用"),
    Permission.VIEW_REPORTS: _("查看报告"),
    Permission.MAKE_REPORT: _("生成报告"),
    Permission.VIEW_LEDGER: _("查看台账"),
    Permission.VIEW_STAFF: _("查看人员"),
    Permission.MANAGE_STAFF: _("管理人员"),
    Permission.MANAGE_INSTITUTION: _("管理机构设置"),
    Permission.IMPORT_CUSTOMERS: _("导入客户比对名单"),
}

_P = Permission
_REVIEWER = {
    _P.VIEW_HOME,
    _P.VIEW_CAMPAIGNS,
    _P.VIEW_REVIEWS,
    _P.DECIDE_REVIEW,
    _P.COMMENT_REVIEW,
    _P.VIEW_SUBSTITUTES,
    _P.VIEW_EVIDENCE,
    _P.VIEW_BENEFITS,
}

MATRIX: dict[Role, frozenset[Permission]] = {
    Role.MARKETER: frozenset(
        {
            _P.VIEW_HOME,
            _P.VIEW_CAMPAIGNS,
            _P.EDIT_CAMPAIGN,
            _P.SUBMIT_CAMPAIGN,
            _P.PUBLISH_CAMPAIGN,
            _P.COMMENT_REVIEW,
            _P.VIEW_BENEFITS,
            _P.VIEW_FIGURES,
            _P.VIEW_LEADS,
            _P.RECORD_SPEND,
            _P.VIEW_REPORTS,
        }
    ),
    Role.CREATIVE: frozenset(_REVIEWER),
    Role.LEGAL: frozenset(_REVIEWER),
    Role.OPERATIONS: frozenset(
        _REVIEWER
        | {
            _P.VIEW_FIGURES,
            _P.VIEW_LEADS,
            _P.RECORD_SPEND,
            _P.MANAGE_BENEFITS,
            _P.REVOKE_GRANT,
            _P.VIEW_APPOINTMENTS,
        }
    ),
    Role.COMPLIANCE: frozenset(
        _REVIEWER
        | {
            _P.STOP_CAMPAIGN,
            _P.MANAGE_RULES,
            _P.CLEAR_QUESTION,
            _P.VIEW_FIGURES,
            _P.VIEW_LEADS,
            _P.VIEW_REPORTS,
            _P.MAKE_REPORT,
            _P.VIEW_LEDGER,
            _P.VIEW_PARTICIPANTS,
            _P.REVEAL_PERSONAL,
            _P.MANAGE_PRIVACY,
        }
    ),
    Role.CONSUMER_PROTECTION: frozenset(
        _REVIEWER
        | {
            _P.STOP_CAMPAIGN,
            _P.VIEW_FIGURES,
            _P.VIEW_REPORTS,
            _P.MANAGE_PRIVACY,
            _P.VIEW_PARTICIPANTS,
        }
    ),
    Role.SERVICE: frozenset(
        {
            _P.VIEW_HOME,
            _P.VIEW_BENEFITS,
            _P.REDEEM_CODE,
            _P.VIEW_APPOINTMENTS,
            _P.REVEAL_PERSONAL,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            _P.VIEW_HOME,
            _P.VIEW_CAMPAIGNS,
            _P.VIEW_REVIEWS,
            _P.VIEW_SUBSTITUTES,
            _P.VIEW_EVIDENCE,
            _P.VIEW_BENEFITS,
            _P.VIEW_FIGURES,
            _P.VIEW_LEADS,
            _P.VIEW_REPORTS,
            _P.VIEW_LEDGER,
            _P.VIEW_PARTICIPANTS,
            _P.VIEW_STAFF,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            _P.VIEW_HOME,
            _P.VIEW_CAMPAIGNS,
            _P.STOP_CAMPAIGN,
            _P.VIEW_BENEFITS,
            _P.MANAGE_BENEFITS,
            _P.REVOKE_GRANT,
            _P.VIEW_FIGURES,
            _P.VIEW_REPORTS,
            _P.VIEW_LEDGER,
            _P.VIEW_SUBSTITUTES,
            _P.VIEW_STAFF,
            _P.MANAGE_STAFF,
            _P.MANAGE_INSTITUTION,
            _P.IMPORT_CUSTOMERS,
        }
    ),
}


def allows(roles: Iterable[str], permission: Permission) -> bool:
    """Whether any of the roles grants the permission. Unknown roles grant nothing."""
    known = {role.value for role in Role}
    return any(permission in MATRIX[Role(role)] for role in roles if role in known)
