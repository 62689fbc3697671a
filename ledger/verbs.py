"""Every verb of the ledger, in words for people. A guard test keeps this list and the code the same."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    zh: str
    en: str


VERBS: dict[str, Words] = {
    # What participants do
    "play.seen": Words("打开活动页", "opened the page"),
    "play.started": Words("开始参与", "started"),
    "play.answered": Words("作答", "answered"),
    "play.finished": Words("完成", "finished"),
    "play.shared": Words("分享", "shared"),
    "play.joined": Words("加入拼团", "joined a group"),
    "play.left": Words("退出拼团", "left a group"),
    "play.checked_in": Words("签到", "checked in"),
    "play.exchanged": Words("用积分兑换服务", "exchanged points for a service"),
    "parties.expired": Words("拼团到期未成", "group expired"),
    "parties.flagged": Words("拼团被标记待查", "group flagged"),
    "parties.same_device_refused": Words("拒绝同设备拼团", "refused a second seat on one device"),
    # Services earned
    "rewards.benefit_added": Words("新增服务权益", "added a service"),
    "rewards.benefit_retired": Words("下架服务权益", "retired a service"),
    "rewards.slots_opened": Words("开放预约时段", "opened time slots"),
    "rewards.granted": Words("发放权益", "granted a service"),
    "rewards.booked": Words("预约服务", "booked a service"),
    "rewards.cancelled": Words("取消预约", "cancelled a booking"),
    "rewards.appointment_taken": Words("接待预约客户", "took an appointment"),
    "rewards.missed": Words("预约未到访", "appointment missed"),
    "rewards.redeemed": Words("核销", "redeemed a service"),
    "rewards.redemption_refused": Words("拒绝核销", "refused a redemption"),
    "rewards.expired": Words("权益过期", "service expired"),
    "rewards.revoked": Words("撤销权益", "revoked a service"),
    "rewards.points_won": Words("获得积分", "won points"),
    "rewards.points_spent": Words("使用积分", "spent points"),
    "rewards.points_lapsed": Words("积分过期", "points lapsed"),
    # Personal data
    "privacy.enrolled": Words("建立匿名编号", "was given a pseudonym"),
    "privacy.consented": Words("同意处理个人信息", "gave consent"),
    "privacy.withdrawn": Words("撤回同意", "withdrew consent"),
    "privacy.notice_published": Words("发布告知文本", "published a notice"),
    "privacy.phone_code_asked": Words("请求短信验证码", "asked for a code by text"),
    "privacy.phone_code_wrong": Words("验证码错误", "entered a wrong code"),
    "privacy.phone_verified": Words("验证手机号", "verified a number"),
    "privacy.name_written": Words("填写姓名", "gave a name"),
    "privacy.revealed": Words("查看个人信息明文", "revealed personal data"),
    "privacy.reveal_rule_set": Words("设定明文查看范围", "set who may reveal what"),
    "privacy.forgotten": Words("删除个人信息", "erased personal data"),
    "privacy.held": Words("冻结删除", "put on legal hold"),
    "privacy.released": Words("解除冻结", "released from legal hold"),
    "privacy.kept_longer": Words("延长保存", "kept longer"),
    "privacy.text_written": Words("排队发送短信", "queued a text"),
    "privacy.text_sent": Words("短信已发送", "text sent"),
    "privacy.text_refused": Words("短信被拒绝", "text refused"),
    "privacy.text_lapsed": Words("短信已过时效", "text lapsed"),
    "privacy.rotation_started": Words("开始更换密钥", "started a key rotation"),
    "privacy.rotation_switched": Words("启用新密钥", "switched to the new key"),
    "privacy.rotation_finished": Words("完成更换密钥", "finished a key rotation"),
    "privacy.customer_key_made": Words("生成客户比对密钥", "made a customer-matching key"),
    "privacy.customers_received": Words("接收客户比对名单", "received a customer list"),
    "privacy.customers_loaded": Words("载入客户比对名单", "loaded a customer list"),
    "privacy.customers_dropped": Words("删除客户比对名单", "dropped a customer list"),
    # Campaigns
    "campaigns.created": Words("创建活动", "created a campaign"),
    "campaigns.edited": Words("编辑活动", "edited a campaign"),
    "campaigns.submitted": Words("提交审核", "submitted for review"),
    "campaigns.withdrawn": Words("撤回送审", "withdrew from review"),
    "campaigns.published": Words("发布活动", "published a campaign"),
    "campaigns.paused": Words("暂停活动", "paused a campaign"),
    "campaigns.resumed": Words("恢复活动", "resumed a campaign"),
    "campaigns.stopped": Words("紧急停止活动", "stopped a campaign"),
    "campaigns.stop_lifted": Words("解除紧急停止", "lifted a stop"),
    "campaigns.edition_opened": Words("开放新一期", "opened an edition"),
    "campaigns.closed": Words("结束活动", "closed a campaign"),
    "campaigns.discarded": Words("废弃草稿", "discarded a draft"),
    # The question library
    "questions.created": Words("新建题目", "wrote a question"),
    "questions.edited": Words("编辑题目", "edited a question"),
    "questions.submitted": Words("题目送审", "submitted a question"),
    "questions.withdrawn": Words("撤回题目送审", "withdrew a question"),
    "questions.retired": Words("停用题目", "retired a question"),
    "questions.restored": Words("恢复题目", "brought a question back"),
    "questions.cleared": Words("题目复核通过", "let a question stand"),
    "questions.held": Words("题目因法规更新暂停使用", "took a question out of use: the law changed"),
    # Review
    "compliance.submitted": Words("受理送审", "opened a review"),
    "compliance.looked_at": Words("查看送审内容", "looked at a review"),
    "compliance.decided": Words("作出审核决定", "decided in a review"),
    "compliance.approved": Words("审核通过", "approved"),
    "compliance.withdrawn": Words("撤回审核", "review withdrawn"),
    "compliance.superseded": Words("被新版本取代", "superseded by a newer version"),
    "compliance.lapsed": Words("审核到期", "approval lapsed"),
    "compliance.commented": Words("审核批注", "commented"),
    "compliance.comment_resolved": Words("批注已处理", "resolved a comment"),
    "compliance.dismissed": Words("说明并忽略提示", "set a finding aside with a reason"),
    "compliance.dismissal_confirmed": Words("确认忽略提示", "confirmed a finding set aside"),
    "compliance.condition_met": Words("附加条件已满足", "condition met"),
    "compliance.taken": Words("认领送审内容", "took a review in hand"),
    "compliance.put_back": Words("放回送审内容", "put a review back"),
    "compliance.nudged": Words("催办审核", "asked reviewers for haste"),
    "compliance.condition_lost": Words("附加条件不再满足", "condition no longer met"),
    "compliance.filing_recorded": Words("登记备案编号", "recorded a filing number"),
    "compliance.reminded": Words("提醒审核人", "reminded reviewers"),
    "compliance.escalated": Words("审核超时升级", "escalated a late review"),
    "compliance.substitute_named": Words("指定审核替代人", "named a substitute"),
    "compliance.substitute_ended": Words("提前结束替代", "ended a substitution early"),
    "compliance.evidence_made": Words("导出证据包", "exported an evidence package"),
    "compliance.pack_drafted": Words("起草规则包", "drafted a rule pack"),
    "compliance.pack_activated": Words("启用规则包", "activated a rule pack"),
    "compliance.revoked": Words("撤销审核通过", "revoked an approval"),
    "compliance.withdrawal_asked": Words("提出撤回规则包或文本", "asked to withdraw a pack or a text"),
    "compliance.withdrawal_confirmed": Words("撤回规则包或文本", "withdrew a pack or a text"),
    "compliance.withdrawal_dropped": Words("放弃撤回", "let a withdrawal be"),
    "compliance.recheck_raised": Words("要求重新审核", "asked for a new review"),
    # The house
    "tenancy.institution_opened": Words("开通机构", "opened an institution"),
    "tenancy.branch_opened": Words("新增网点", "opened a branch"),
    "tenancy.staff_added": Words("新增人员", "added a colleague"),
    "tenancy.auditor_seat_opened": Words("开通审计席位", "opened an auditor seat"),
    "tenancy.last_day_moved": Words("变更使用期限", "moved the last day of access"),
    "tenancy.staff_invited": Words("邀请人员", "invited a colleague"),
    "tenancy.invitation_accepted": Words("接受邀请", "accepted an invitation"),
    "tenancy.roles_asked": Words("申请审核或管理岗位", "asked for a post that decides"),
    "tenancy.roles_dropped": Words("放弃岗位申请", "let a request for a post be"),
    "tenancy.reset_asked": Words("申请重置登录", "asked to reset a sign-in"),
    "tenancy.reset_dropped": Words("放弃重置申请", "let a request for a reset be"),
    "tenancy.roles_changed": Words("变更岗位", "changed roles"),
    "tenancy.access_closed": Words("停用账号", "closed an account"),
    "tenancy.access_reopened": Words("恢复账号", "reopened an account"),
    "tenancy.signed_in": Words("登录", "signed in"),
    "tenancy.signed_out": Words("退出登录", "signed out"),
    "tenancy.sign_in_refused": Words("登录被拒", "sign-in refused"),
    "tenancy.password_changed": Words("修改密码", "changed the password"),
    "tenancy.second_factor_enrolled": Words("绑定动态验证码", "set up the second factor"),
    "tenancy.notice_read": Words("查看提醒", "read a notice"),
    "tenancy.notices_read": Words("全部提醒标为已读", "marked all notices as read"),
    "tenancy.notices_swept": Words("清理过期提醒", "deleted old notices"),
    "tenancy.second_factor_cleared": Words("解绑动态验证码", "cleared the second factor"),
    # Figures, reports and the ledger itself
    "analytics.spend_recorded": Words("登记活动费用", "entered a cost"),
    "analytics.spend_corrected": Words("冲正活动费用", "took a cost back"),
    "analytics.projection_restarted": Words("重新统计", "folded the figures again"),
    "analytics.report_ordered": Words("要求生成报告", "ordered a report"),
    "analytics.report_made": Words("生成报告", "made a report"),
    "analytics.report_failed": Words("报告生成失败", "report failed"),
    "analytics.report_retried": Words("重试生成报告", "tried a report again"),
    "analytics.report_downloaded": Words("下载报告", "downloaded a report"),
    "analytics.filing_taken": Words("下载备案材料", "took out a filing"),
    "analytics.filed": Words("登记报送", "recorded a filing"),
    "analytics.report_checked": Words("核对报告", "checked a report"),
    "ledger.patrolled": Words("定时验证台账", "checked the ledger on its round"),
    "ledger.broken": Words("台账封签不一致", "found seals that do not hold"),
    "ledger.checked": Words("验证台账", "checked the ledger"),
    "ledger.exported": Words("导出台账证据", "exported ledger evidence"),
}

FAMILIES: dict[str, Words] = {
    "play": Words("客户参与", "Playing"),
    "parties": Words("拼团", "Groups"),
    "rewards": Words("权益与服务", "Services"),
    "privacy": Words("个人信息", "Personal data"),
    "campaigns": Words("活动管理", "Campaigns"),
    "questions": Words("题库", "Question library"),
    "compliance": Words("合规审核", "Review"),
    "tenancy": Words("人员与登录", "People and sign-in"),
    "analytics": Words("数据与报告", "Figures and reports"),
    "ledger": Words("台账", "Ledger"),
}

KINDS: dict[str, Words] = {
    "appointment": Words("预约", "Appointment"),
    "benefit": Words("服务权益", "Service"),
    "branch": Words("网点", "Branch"),
    "campaign": Words("活动", "Campaign"),
    "clearance": Words("题目复核", "Question clearance"),
    "comment": Words("批注", "Comment"),
    "customer_import": Words("客户比对名单", "Customer list"),
    "customer_key": Words("客户比对密钥", "Customer key"),
    "dismissal": Words("忽略说明", "Finding set aside"),
    "grant": Words("权益", "Grant"),
    "institution": Words("机构", "Institution"),
    "notice": Words("告知文本", "Notice"),
    "participant": Words("参与者", "Participant"),
    "party": Words("拼团", "Group"),
    "pk": Words("个人信息", "Personal data"),
    "play": Words("参与记录", "Play"),
    "question": Words("题目", "Question"),
    "report": Words("报告", "Report"),
    "reveal_rule": Words("明文查看范围", "Reveal rule"),
    "review": Words("审核", "Review"),
    "rotation": Words("密钥更换", "Key rotation"),
    "rule_pack": Words("规则包", "Rule pack"),
    "substitute": Words("代审安排", "Substitute"),
    "staff_notice": Words("提醒", "Staff notice"),
    "staff": Words("人员", "Colleague"),
    "text": Words("短信", "Text"),
    "withdrawal": Words("撤回", "Withdrawal"),
}


# Facts of an entry that mean something to a reader; the others are codes and stay in the proof.
FACTS: dict[str, Words] = {
    "score": Words("得分", "Score"),
    "passed": Words("达标", "Passed"),
    "correct": Words("答对", "Right"),
    "attempt": Words("第几次参与", "Attempt"),
    "count": Words("数量", "Count"),
    "points": Words("积分", "Points"),
    "number": Words("版本", "Version"),
    "version": Words("版本", "Version"),
    "tries": Words("尝试次数", "Tries"),
    "left": Words("剩余次数", "Left"),
    "seals": Words("封签份数", "Seals"),
    "entries": Words("记录条数", "Entries"),
    "faults": Words("不一致处", "Faults"),
    "same": Words("一致", "Same"),
    "risk": Words("风险分", "Risk"),
}


def verb_words(verb: str, *, english: bool) -> str:
    """The verb in words; one that is unknown is named by its family."""
    words = VERBS.get(verb)
    if words is None:
        family = FAMILIES.get(verb.partition(".")[0])
        words = Words(f"{family.zh}(其他)", f"{family.en} (other)") if family else Words("其他", "other")
    return words.en if english else words.zh


def kind_words(kind: str, *, english: bool) -> str:
    """The kind of a subject in words."""
    words = KINDS.get(kind, Words("其他", "Other"))
    return words.en if english else words.zh
