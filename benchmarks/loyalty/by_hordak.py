"""The same transfers by django-hordak, another double-entry ledger, on the same PostgreSQL: `python -m benchmarks.loyalty.by_hordak`.

One `Account.transfer_to` a purchase, from what is issued to the member: a
transaction with two legs, as its documentation shows. No key, no rule, no
purchase's row. It runs in a process of its own, because Django is configured once.
"""

import json
import sys
from threading import Thread
from time import perf_counter
from typing import Any

MEMBERS = 1_000


def main() -> None:
    """Read the plan, make the transfers, tell how many a second."""
    plan = json.load(sys.stdin)
    _configure(plan["database"])
    issued, members = _open_accounts()
    share = plan["transfers"] // plan["threads"]
    start = perf_counter()
    threads = [Thread(target=_transfer, args=(issued, members, number * share, share)) for number in range(plan["threads"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = perf_counter() - start
    print(json.dumps({"seconds": seconds, "transfers": share * plan["threads"], "version": _version(), "balance": _balance(issued)}))


def _configure(database: dict[str, Any]) -> None:
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="bench",
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", **database}},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        CURRENCIES=["EUR"],
        DEFAULT_CURRENCY="EUR",
        HORDAK_INTERNAL_CURRENCY="EUR",
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _open_accounts() -> tuple[Any, list[Any]]:
    from hordak.models import Account, AccountType

    issued = Account.objects.create(name="issued", code="1", type=AccountType.asset, currencies=["EUR"])
    members = [
        Account.objects.create(name=str(number), code=str(number + 2), type=AccountType.liability, currencies=["EUR"])
        for number in range(MEMBERS)
    ]
    return issued, members


def _transfer(issued: Any, members: list[Any], first: int, number: int) -> None:
    from django.db import connection
    from djmoney.money import Money

    for place in range(first, first + number):
        members[place % MEMBERS].transfer_to(issued, Money(6, "EUR"))
    connection.close()


def _balance(issued: Any) -> str:
    return str(issued.get_balance())


def _version() -> str:
    from importlib.metadata import version

    return version("django-hordak")


if __name__ == "__main__":
    main()
