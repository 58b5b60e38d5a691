"""The chat with the bot: what was said, and what is said next, at the price on the button."""

from datetime import datetime
from typing import Any

import streamlit as st

from laurels_api import Laurels, Refused
from numbers_shown import show_numbers
from visit import Visit

MAX_MESSAGE = 2_000
MAX_CLIENT_SEED = 64
MOST_PAGES = 25
HISTORY_PIXELS = 320
WRITING_PIXELS = 90

_SEED_HELP = "Any text goes into the draw of this message. The pot's own seed was fixed before: so neither you nor the pot can steer it."
_STILL = "<style>@media (prefers-reduced-motion: reduce) { [data-testid='stBalloons'] { display: none } }</style>"


def show_chat(visit: Visit, laurels: Laurels, *, address: str, site: str) -> None:
    """Draw everything that a signed-in member sees, once what is due has been sent."""
    if visit.is_due:
        with st.spinner("Sending…"):
            visit.deliver(laurels)
    visit.fresh_quote = quote = laurels.quote()
    balance = laurels.balance()
    _show_member(visit, laurels, balance, site)
    st.title("The pot")
    show_numbers(visit, address, (quote["price"], quote["can_send"]))
    _show_win(visit, site)
    _show_history(visit, laurels)
    if visit.notice:
        st.error(visit.notice)
    if visit.outgoing is not None:
        _show_lost(visit)
    elif quote["can_send"]:
        _show_composer(visit, quote)
    else:
        st.warning(_obstacle(quote, balance, visit))
    if visit.is_win_new:
        visit.is_win_new = False
        st.html(_STILL)
        st.balloons()


def _show_member(visit: Visit, laurels: Laurels, balance: dict[str, Any], site: str) -> None:
    allowance = balance["allowance"]
    with st.sidebar:
        st.text(f"Signed in as {visit.me['display_name'] or visit.me['student_id']}")
        st.text(f"Messages so far: {balance['message_count']:,}")
        st.text(f"Each week brings up to {allowance['amount']:,} coins, until you have {allowance['up_to']:,}.")
        if balance["daily_limit"] is not None:
            st.text(f"Today {balance['paid_today']:,} of the {balance['daily_limit']:,} coins that your day's limit allows are used.")
        st.link_button("Set a limit, or pause", f"{site}/pot/coins")
        st.link_button("Check past rounds", f"{site}/pot/rounds")
        if st.button("Sign out"):
            laurels.sign_out()
            visit.leave("You are signed out.")
            st.rerun()


def _show_win(visit: Visit, site: str) -> None:
    sent = visit.sent
    if sent is None or not sent["is_winner"]:
        return
    words = f"Your message won round {sent['round']:,}. You have {sent['balance']:,} coins now, and a new round has begun."
    proof = f"[See that it was fair]({site}/pot/rounds/{sent['round']})"
    st.success(f"**The pot is yours: {_coins(sent['prize'])}!** {words} {proof}", icon=":material/emoji_events:")


def _show_history(visit: Visit, laurels: Laurels) -> None:
    messages: list[dict[str, Any]] = []
    cursor = None
    for _ in range(visit.pages):
        page = laurels.history(cursor)
        messages += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    if not messages:
        return
    with st.container(height=HISTORY_PIXELS if len(messages) > 1 else "content", border=True, key="history"):
        if cursor is not None and visit.pages < MOST_PAGES and st.button("Older messages"):
            visit.pages += 1
            st.rerun()
        for message in reversed(messages):
            _show_message(message, laurels)


def _show_message(message: dict[str, Any], laurels: Laurels) -> None:
    """One message and its reply, as they are: no Markdown, so nothing that anybody wrote is fetched or drawn as ours."""
    with st.chat_message("user", avatar=":material/person:"):
        st.text("(erased)" if message["message"] is None else message["message"])
        won = f" · won {_coins(message['prize'])}" if message["is_winner"] else ""
        st.caption(f"{_coins(message['price'])} · round {message['round']:,}, number {message['number']:,}{won}")
    with st.chat_message("assistant", avatar=":material/smart_toy:"):
        _show_reply(message, laurels)


def _show_reply(message: dict[str, Any], laurels: Laurels) -> None:
    status, message_id = message["reply_status"], message["message_id"]
    if status == "answered":
        st.text(message["reply"] or "")
    elif status == "refunded":
        st.caption("The bot couldn't answer, so the price was returned to you.")
    elif status == "pending":
        st.caption("The bot is being asked. Your message counts, whatever comes.")
        st.button("Look again", key=f"look-{message_id}")
    else:
        st.caption("The bot couldn't answer. Your message counted; asking again costs nothing.")
        if st.button("Ask again", key=f"ask-{message_id}"):
            _ask_again(message_id, laurels)


def _ask_again(message_id: str, laurels: Laurels) -> None:
    try:
        laurels.retry(message_id)
    except Refused as refused:
        st.error(str(refused))
        return
    st.rerun()


def _show_composer(visit: Visit, quote: dict[str, Any]) -> None:
    words, seed, price = f"message-{visit.turn}", f"seed-{visit.turn}", quote["price"]
    attempt = visit.attempt

    def propose() -> None:
        said, added = st.session_state[words], st.session_state[seed]
        visit.propose(attempt, message=said, client_seed=added.strip(), max_price=price)

    with st.form(f"composer-{visit.turn}"):
        st.text_area("Your message", value=visit.draft, key=words, max_chars=MAX_MESSAGE, height=WRITING_PIXELS)
        with st.expander("Your part of the draw"):
            st.text_input("Client seed (optional)", key=seed, max_chars=MAX_CLIENT_SEED, help=_SEED_HELP)
        st.form_submit_button(f"Send for {_coins(price)}", key=f"send-{visit.turn}", on_click=propose, type="primary")


def _show_lost(visit: Visit) -> None:
    """A message whose answer got lost: sent again it is the same one."""
    st.warning("No answer came to your message, so it isn't known whether it was paid. Send it again: it is paid only once.")
    st.button("Send it again", on_click=visit.try_again, type="primary")
    st.button("Leave it", on_click=visit.give_up, help="If it was paid, it is in the chat.")


def _obstacle(quote: dict[str, Any], balance: dict[str, Any], visit: Visit) -> str:
    """Why nothing can be sent now, and when it can be."""
    price = _coins(quote["price"])
    if quote["why_not"] == "paused":
        return f"You asked for a pause until {_moment(balance['paused_until'], visit)}. What you have stays yours."
    if quote["why_not"] == "limit-reached":
        new_day = _moment(balance["resets_at"], visit)
        return f"Your next message costs {price}: more than your limit leaves for today. A new day begins {new_day}."
    following = _moment(balance["allowance"]["next_at"], visit)
    return f"Your next message costs {price}, and you have {quote['balance']:,}. The next allowance comes {following}."


def _coins(amount: int) -> str:
    return f"{amount:,} coin" if amount == 1 else f"{amount:,} coins"


def _moment(instant: str, visit: Visit) -> str:
    """When, in the member's zone."""
    then = datetime.fromisoformat(instant).astimezone(visit.zone)
    return f"{then:%A, %d %B %Y, %H:%M} ({visit.zone.key})"
