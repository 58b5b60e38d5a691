"""The numbers that are always on screen: the pot, the member's coins, the chance, and what the draws are bound by."""

import os

import streamlit as st

from laurels_api import Refused, SessionEnded, Unreachable, connect
from visit import Visit

REFRESH_SECONDS = int(os.environ.get("LAURELS_REFRESH_SECONDS", "10"))
MILLION = 1_000_000


@st.fragment(run_every=REFRESH_SECONDS)
def show_numbers(visit: Visit, address: str, composed: tuple[int, bool]) -> None:
    """Draw them, and again every few seconds: others send, too.

    Args:
        composed: the price, and whether a message may be sent, as the rest of the page has it; when either changes, all is drawn anew.
    """
    quote, visit.fresh_quote = visit.fresh_quote, None
    if quote is None:
        try:
            with connect(address, visit.tokens) as laurels:
                quote = laurels.quote()
        except SessionEnded:
            st.rerun()
        except Unreachable:
            st.warning(f"Laurels can't be reached at {address} just now. These numbers come back when it is.")
            return
        except Refused as refused:
            st.warning(str(refused))
            return
        if (quote["price"], quote["can_send"]) != composed:
            st.rerun()
    percent, one_in = odds_in_words(quote["odds_ppm"])
    with st.container(horizontal=True):
        st.metric("In the pot", f"{quote['pot']:,}", border=True)
        st.metric("Your coins", f"{quote['balance']:,}", border=True)
        st.metric("Chance to win", percent, border=True)
    st.caption(
        f"Your next message costs {quote['price']:,} and wins {percent} of the time: {one_in}. "
        f"Round {quote['round']:,}'s seed is fixed already, bound by this commitment, and revealed when the round ends. "
        "Coins can't be exchanged for anything of value."
    )
    st.code(quote["commitment"], language=None, wrap_lines=True)


def odds_in_words(ppm: int) -> tuple[str, str]:
    """A chance in millionths, in two ways: `10%`, `1 in 10`."""
    percent = f"{ppm / MILLION:.4%}".rstrip("%").rstrip("0").rstrip(".") + "%"
    if ppm <= 0:
        return percent, "never"
    return percent, f"{'' if MILLION % ppm == 0 else 'about '}1 in {round(MILLION / ppm):,}"
