"""What Prometheus is told of the pot."""

from laurels.core.ids import new_id
from laurels.products.pot.decisions import Contribute
from products.pot.parlour import Parlour


def told(served: Parlour) -> dict[str, int]:
    """The pot's metrics by name."""
    answer = served.http.get("/metrics", headers=served.headers(served.make_member(role="staff")))
    assert answer.status_code == 200
    samples = [line.rpartition(" ") for line in answer.text.splitlines() if line.startswith("laurels_pot_")]
    return {name: int(number) for name, _, number in samples}


def test_metrics_tell_where_coins_came_from_and_are(served: Parlour) -> None:
    served.begin()
    ana, bo = served.make_member(), served.make_member()
    served.send(ana, client_seed=served.unlucky(ana, until=1))
    served.send(bo, client_seed=served.unlucky(bo, until=2), answer=None)
    served.send(ana, client_seed=served.lucky(ana, wins_at=3))
    served.post_now(Contribute(new_id(), bo.id, 3, served.clock.at, served.place.settings.zone))
    served.give(bo, 40)
    served.give(bo, -7)
    assert told(served) == {
        'laurels_pot_coins_today{flow="start"}': 200,
        'laurels_pot_coins_today{flow="message"}': 20,
        'laurels_pot_coins_today{flow="contribution"}': 3,
        'laurels_pot_coins_today{flow="prize"}': 20,
        'laurels_pot_coins_today{flow="top_up"}': 40,
        'laurels_pot_coins_today{flow="deduction"}': 7,
        'laurels_pot_coins_total{flow="issued"}': 240,
        'laurels_pot_coins_total{flow="reset"}': 0,
        'laurels_pot_coins_total{flow="taken"}': 7,
        "laurels_pot_coins_held": 230,
        "laurels_pot_amount": 3,
        'laurels_pot_replies_missing{status="pending"}': 1,
        'laurels_pot_replies_missing{status="failed"}': 0,
    }


def test_metrics_of_a_pot_that_nobody_opened_are_zeros(served: Parlour) -> None:
    assert set(told(served).values()) == {0}
