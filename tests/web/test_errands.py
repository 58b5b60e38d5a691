"""Work beside requests."""

import asyncio
from uuid import UUID

from laurels.web.errands import Errands

FIRST, SECOND = UUID(int=1), UUID(int=2)


def test_so_many_go_on_at_once_and_one_about_each_thing() -> None:
    async def check() -> list[bool]:
        errands, gate = Errands(1), asyncio.Event()
        began = [errands.run(FIRST, gate.wait), errands.run(FIRST, gate.wait), errands.run(SECOND, gate.wait)]
        gate.set()
        await errands.wait_for(FIRST, 30)
        began.append(errands.run(SECOND, asyncio.Event().wait))
        await errands.close()
        began.append(errands.run(SECOND, gate.wait))
        await errands.wait_for_all(30)
        return [*began, errands.is_full]

    assert asyncio.run(check()) == [True, False, False, True, True, False]


def test_who_stops_waiting_stops_nothing() -> None:
    async def check() -> list[str]:
        errands, gate, done = Errands(2), asyncio.Event(), list[str]()

        async def work() -> None:
            await gate.wait()
            done.append("work")

        errands.run(FIRST, work)
        await errands.wait_for(FIRST, 0.001)
        done.append("left")
        gate.set()
        await errands.wait_for_all(30)
        return done

    assert asyncio.run(check()) == ["left", "work"]
