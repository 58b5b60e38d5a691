"""Asking and being answered: with a model, and without one."""

from threading import Event

from products.study.classroom import ELASTIC, PAGES, Classroom, hear, held, without_vectors
from products.study.school import School
from support.openai_server import OpenAIServer
from support.site import refused


def test_without_a_model_an_answer_quotes_and_cites_the_page(school: School) -> None:
    with school.open():
        here = Classroom(school)
        document = here.put("mechanics.txt", PAGES)
        answer = here.asked(here.begin())
        assert (answer["status"], answer["model_name"], answer["error_code"]) == ("answered", "extracts", None)
        assert "> In an elastic collision kinetic energy is conserved as well. [1]" in answer["content"]
        assert "No AI model is configured" in answer["content"]
        first = answer["context_used"][0]
        assert (first["number"], first["document_id"], first["filename"], first["page"]) == (1, str(document), "mechanics.txt", 2)
        assert (first["text"], first["is_available"]) == (PAGES[1], True)
        assert (here.calls(), here.used(), here.in_flight()) == ([], [0, 0, 0], 0)


def test_without_a_model_what_the_documents_dont_say_isnt_made_up(school: School) -> None:
    with school.open():
        here = Classroom(school)
        here.put("mechanics.txt", PAGES)
        answer = here.asked(here.begin(), "Who won the chess championship of 1972?")
        assert answer["content"].startswith("Your documents don't say anything about this.")
        assert answer["context_used"] == []


def test_a_few_words_go_on_from_the_question_before(school: School) -> None:
    with school.open():
        here = Classroom(school)
        here.put("mechanics.txt", PAGES)
        unasked, session = here.begin(), here.begin()
        assert here.asked(unasked, "Why is that so?")["context_used"] == []
        here.asked(session, "Where does light bend?")
        [cited] = here.asked(session, "Why is that so?")["context_used"]
        assert (cited["page"], cited["text"]) == (3, PAGES[2])
        assert here.asked(session, "Who won the chess championship of 1972?")["context_used"] == [], "that asks for something else"


def test_a_model_is_asked_with_the_passages_as_data_and_cites_them(school: School, model_server: OpenAIServer) -> None:
    model_server.say("Kinetic", " energy is kept [", "1].", " So it is [7].")
    with school.open(**without_vectors(model_server)):
        here = Classroom(school)
        here.put("mechanics.txt", PAGES)
        session = here.begin()
        answer = here.asked(session)
        assert (answer["content"], answer["status"]) == ("Kinetic energy is kept [1]. So it is.", "answered")
        assert [(one["number"], one["page"], one["text"]) for one in answer["context_used"]] == [(1, 2, PAGES[1])]
        assert answer["model_name"] == "gpt-4o-mini-2024-07-18"
        system, question = model_server.got[0].messages
        assert (system["role"], question["role"]) == ("system", "user")
        assert question["content"].endswith(f"The question:\n{ELASTIC}")
        assert f"[1] mechanics.txt, page 2\n{PAGES[1]}" in question["content"]
        for name in (here.ana.display_name, here.owner.display_name, here.room.name):
            assert name not in system["content"] + question["content"]
        [call] = here.calls()
        assert (call.status, call.operation_type, call.input_tokens, call.output_tokens) == ("settled", "CHAT", 9, 3)
        assert (call.message, call.usage_estimated, call.is_sponsored, call.is_overflow) == (call.id, False, False, False)
        assert call.cost == 3, "9 x 0.15 + 3 x 0.60 millionths, rounded half up"
        assert (here.used(), here.in_flight()) == ([12, 12, 12], 0)
        assert school.told("study.answered")[0]["status"] == "answered"


def test_a_session_is_named_after_its_first_question_and_remembers_what_was_said(school: School, model_server: OpenAIServer) -> None:
    with school.open(**without_vectors(model_server)):
        here = Classroom(school)
        session = here.begin()
        for number in range(3):
            model_server.say(f"Answer {number}.")
            here.asked(session, f"Question {number}?")
        said = [message["content"] for message in model_server.got[2].messages[1:]]
        assert said[:4] == ["Question 0?", "Answer 0.", "Question 1?", "Answer 1."]
        assert said[4].endswith("Question 2?")
        shown = school.read(here.ana, f"/chat/sessions/{session}")
        assert (shown["title"], shown["messages"]) == ("Question 0?", 6)
        listed = school.read(here.ana, f"/chat/sessions/{session}/messages", limit=4)
        assert [one["content"] for one in listed["items"]] == ["Answer 2.", "Question 2?", "Answer 1.", "Question 1?"]
        assert len(school.pages(here.ana, f"/chat/sessions/{session}/messages", limit=4)) == 6
        assert len(school.told("study.conversation")) == 1


def test_an_answer_is_heard_while_it_comes(school: School, model_server: OpenAIServer) -> None:
    model_server.say("Momentum [1]", " is kept.")
    with school.open(**without_vectors(model_server)):
        here = Classroom(school)
        here.put("mechanics.txt", PAGES)
        session = here.begin()
        heard = here.listen(session)
        assert heard.names == ["sources", "delta", "usage", "done"]
        assert heard.text == "Momentum [1] is kept."
        sources = heard.one("sources")["sources"]
        assert [one["number"] for one in sources] == list(range(1, len(sources) + 1))
        assert sources[0]["filename"] == "mechanics.txt"
        usage = heard.one("usage")
        assert (usage["input_tokens"], usage["output_tokens"], usage["daily"]["tokens_used"], usage["daily"]["held"]) == (9, 3, 12, 0)
        done = heard.one("done")["answer"]
        assert (done["content"], done["status"], done["id"]) == (heard.text, "answered", heard.one("sources")["answer_id"])
        again = here.follow(session, done["id"])
        assert (again.names, again.text) == (["sources", "delta", "usage", "done"], heard.text)


def test_who_joins_later_hears_all_from_the_beginning(school: School, model_server: OpenAIServer) -> None:
    gate = Event()
    model_server.say("One ", waits=gate)
    with school.open_wide(**without_vectors(model_server)):
        here = Classroom(school)
        session = here.begin()
        path = f"/chat/sessions/{session}/messages"
        with here.streaming(here.ana, "POST", path, json={"content": ELASTIC, "stream": True}) as lines:
            answer = hear(lines, until="sources").one("sources")["answer_id"]
            with here.streaming(here.ana, "GET", f"{path}/{answer}/stream") as joined:
                assert hear(joined, until="sources").names == ["sources"]
                gate.set()
                assert (hear(joined).text, hear(lines).text) == ("One ", "One ")


def test_asking_twice_with_a_key_asks_once(school: School, model_server: OpenAIServer) -> None:
    with school.open(**without_vectors(model_server)):
        here = Classroom(school)
        session = here.begin()
        first, again = here.ask(session, key="one"), here.ask(session, key="one")
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert again.headers["idempotency-replayed"] == "true"
        assert (len(model_server.got), len(here.messages()), here.used()) == (1, 2, [12, 12, 12])
        refused(here.ask(session, "Another?", key="one"), 422, "idempotency-key-reused")


def test_another_answer_replaces_the_one_that_was(school: School, model_server: OpenAIServer) -> None:
    with school.open(**without_vectors(model_server)):
        here = Classroom(school)
        session = here.begin()
        model_server.say("First.")
        first = here.asked(session)
        model_server.say("Second.")
        again = school.ask(here.ana, "POST", f"/chat/sessions/{session}/messages/{first['id']}/regenerate", json={})
        assert again.status_code == 201, again.text
        second = again.json()["answer"]
        assert (second["content"], second["question_id"]) == ("Second.", first["question_id"])
        assert [(row.content, row.is_replaced) for row in here.answers()] == [("First.", True), ("Second.", False)]
        assert "First." not in str(model_server.got[1].messages)
        model_server.say("Third.")
        here.asked(session, "And?")
        assert [message["content"] for message in model_server.got[2].messages[1:3]] == [ELASTIC, "Second."]


def test_a_stopped_answer_keeps_what_came_and_counts_it(school: School, model_server: OpenAIServer) -> None:
    model_server.say("As far as", " this", hangs=True)
    with school.open_wide(**without_vectors(model_server)):
        here = Classroom(school)
        session = here.begin()
        path = f"/chat/sessions/{session}/messages"
        with here.streaming(here.ana, "POST", path, json={"content": ELASTIC, "stream": True}) as lines:
            answer = hear(lines, until="sources").one("sources")["answer_id"]
            hear(lines, until="delta")
            assert here.in_flight() == 1
            assert min(held(here.use().own)) > 500
            assert here.stop(session, answer).status_code == 202
            rest = hear(lines)
        done = rest.one("done")["answer"]
        assert (done["status"], done["content"]) == ("stopped", "As far as this")
        assert model_server.left.wait(30), "the model's server isn't kept at it"
        [call] = here.calls()
        assert (call.status, call.usage_estimated, call.output_tokens) == ("settled", True, 5)
        assert call.input_tokens > 100
        assert (here.in_flight(), here.used()[0]) == (0, call.input_tokens + call.output_tokens)
        refused(here.stop(session, answer), 409, "answer-settled")
        stranger = here.owner
        refused(here.stop(session, answer, who=stranger), 404, "not-found")


def test_what_is_thought_of_an_answer_is_its_owners(school: School) -> None:
    with school.open():
        here = Classroom(school, members=2)
        session = here.begin()
        answer = here.asked(session)
        path = f"/chat/sessions/{session}/messages/{answer['id']}/feedback"
        told = school.ask(here.ana, "PUT", path, json={"rating": -1, "note": "Too short."})
        assert (told.json()["rating"], told.json()["note"]) == (-1, "Too short.")
        school.ask(here.ana, "PUT", f"/chat/sessions/{session}/sharing", json={"is_shared": True})
        other = here.members[1]
        shown = school.read(other, f"/chat/sessions/{session}/messages/{answer['id']}")
        assert (shown["content"], shown["rating"], shown["note"]) == (answer["content"], None, None)
        refused(school.ask(other, "PUT", path, json={"rating": 1}), 404, "not-found")
        refused(school.ask(here.ana, "PUT", path.replace(answer["id"], answer["question_id"]), json={"rating": 1}), 404, "not-found")
