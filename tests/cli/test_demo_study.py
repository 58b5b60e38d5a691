"""The demo's class: documents that are read, chats that cite them, tokens that were used."""

from sqlalchemy import func, select

from laurels.cli.demo import seed
from laurels.cli.demo_study import CHATS, DOCUMENTS
from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.products.study.tables import study_citation, study_class, study_document, study_message, study_session, study_usage


def test_demo_has_a_class_whose_chats_cite_its_documents(database: Database, settings: Settings, clock: FixedClock) -> None:
    seed(settings, clock=clock)
    with database.read.connect() as connection:
        documents = dict(connection.execute(select(study_document.c.filename, study_document.c.processing_status)).all())
        assert documents == dict.fromkeys(DOCUMENTS, "READY")
        first = (
            select(study_message.c.question, study_document.c.filename)
            .join(study_citation, study_citation.c.message == study_message.c.id)
            .join(study_document, study_document.c.id == study_citation.c.document)
            .where(study_citation.c.number == 1)
        )
        cited = {row.question: row.filename for row in connection.execute(first)}
        asked = {row.id: row.content for row in connection.execute(select(study_message).where(study_message.c.is_user))}
        assert {asked[question]: filename for question, filename in cited.items()} == {
            "What is the carrying capacity of a habitat?": "populations.md",
            "Why are top predators so rare?": "food-webs-and-energy.md",
            "What is a keystone species?": "food-webs-and-energy.md",
            "¿Por qué se llama a las lombrices ingenieras del suelo?": "el-suelo-vivo.md",
            "¿Qué es una micorriza?": "el-suelo-vivo.md",
        }
        assert connection.execute(select(func.count()).select_from(study_session)).scalar_one() == len(CHATS)
        assert connection.execute(select(study_class.c.name, study_class.c.is_active)).all() == [("Introduction to Ecology", True)]
        used = connection.execute(select(study_usage.c.status, study_usage.c.is_sponsored, study_usage.c.cost)).all()
        assert {row.status for row in used} == {"settled"} and {row.is_sponsored for row in used} == {True, False}
        assert all(row.cost > 0 for row in used)
