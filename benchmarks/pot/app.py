"""The application as it is, but that a member may draw for a pot of their own: their client seed says so. For measurements only."""

from typing import Any

from benchmarks.pot.crowd import OWN
from laurels.main import create_app
from laurels.products.pot.accounts import MAIN
from laurels.products.pot.actions import Sent, Wish, send_message
from laurels.products.pot.api import messaging
from laurels.products.pot.house import House
from laurels.web.caller import Caller
from laurels.web.context import Context


async def send_to_either(context: Context, house: House, caller: Caller, wish: Wish, **more: Any) -> Sent:
    """Send a message into the pot of all, or into the caller's own."""
    return await send_message(context, house, caller, wish, pot=str(caller.member_id) if wish.client_seed == OWN else MAIN, **more)


vars(messaging)["send_message"] = send_to_either  # all else of the endpoint stays the same
app = create_app()
