"""Deeds of compliance."""

from compliance.usecases.articles import raise_rechecks, revoke_overdue
from compliance.usecases.batches import approve_plain_reviews
from compliance.usecases.clocks import remind_reviewers
from compliance.usecases.conditions import meet_conditions, record_filing
from compliance.usecases.disputes import dispute_finding
from compliance.usecases.findings import dismiss_finding, second_dismissal
from compliance.usecases.golden import (
    add_sentence,
    add_sentences,
    bring_sentence_back,
    keep_false_alarm,
    set_sentence_aside,
    withdraw_sentence,
)
from compliance.usecases.packs import (
    activate_pack,
    add_term,
    ask_trial,
    give_up_trial,
    record_trial,
    remove_term,
)
from compliance.usecases.proof import (
    ask_evidence,
    begin_evidence_piece,
    continue_evidence,
    note_evidence_trouble,
    remove_old_evidence,
    take_out_evidence,
)
from compliance.usecases.queueing import nudge_reviewers, put_back_reviews, take_reviews
from compliance.usecases.remarks import answer_comment, resolve_comment, write_comment
from compliance.usecases.requirements import (
    remove_requirement,
    require_ceiling,
    require_limit,
    require_sentence,
)
from compliance.usecases.reviews import (
    decide_review,
    lapse_reviews,
    look_at_review,
    open_review,
    withdraw_review,
)
from compliance.usecases.substitutes import end_substitute, name_substitute
from compliance.usecases.withdrawals import ask_withdrawal, confirm_withdrawal, drop_withdrawal

__all__ = [
    "activate_pack",
    "add_sentence",
    "add_sentences",
    "add_term",
    "answer_comment",
    "approve_plain_reviews",
    "ask_evidence",
    "ask_trial",
    "ask_withdrawal",
    "begin_evidence_piece",
    "bring_sentence_back",
    "confirm_withdrawal",
    "continue_evidence",
    "decide_review",
    "dismiss_finding",
    "dispute_finding",
    "drop_withdrawal",
    "end_substitute",
    "give_up_trial",
    "keep_false_alarm",
    "lapse_reviews",
    "look_at_review",
    "meet_conditions",
    "name_substitute",
    "note_evidence_trouble",
    "nudge_reviewers",
    "open_review",
    "put_back_reviews",
    "raise_rechecks",
    "record_filing",
    "record_trial",
    "remind_reviewers",
    "remove_old_evidence",
    "remove_requirement",
    "remove_term",
    "require_ceiling",
    "require_limit",
    "require_sentence",
    "resolve_comment",
    "revoke_overdue",
    "second_dismissal",
    "set_sentence_aside",
    "take_out_evidence",
    "take_reviews",
    "withdraw_review",
    "withdraw_sentence",
    "write_comment",
]
