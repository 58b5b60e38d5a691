"""Study's tables and their rows. What people wrote stands in them only; the ledger holds no words.

Begin at `classes`, then `documents` and `passages`, then `chats` and `usage`.
"""

from laurels.products.study.tables.chats import ChatMessage, ChatSession, Citation, study_citation, study_message, study_session
from laurels.products.study.tables.classes import ClassMember, StudyClass, study_class, study_member
from laurels.products.study.tables.documents import Shelved, StudyDocument, study_document, study_shelved
from laurels.products.study.tables.passages import Passage, study_page, study_passage, study_scope, study_term
from laurels.products.study.tables.usage import BudgetAlert, Usage, study_alert, study_usage

__all__ = [
    "BudgetAlert",
    "ChatMessage",
    "ChatSession",
    "Citation",
    "ClassMember",
    "Passage",
    "Shelved",
    "StudyClass",
    "StudyDocument",
    "Usage",
    "study_alert",
    "study_citation",
    "study_class",
    "study_document",
    "study_member",
    "study_message",
    "study_page",
    "study_passage",
    "study_scope",
    "study_session",
    "study_shelved",
    "study_term",
    "study_usage",
]
