"""The pot as a Streamlit app, over Laurels' public API alone. `streamlit run clients/streamlit/app.py`; see README.md."""

import os
from pathlib import Path

import streamlit as st

from chat import show_chat
from front_door import show_door
from laurels_api import Refused, SessionEnded, Unreachable, connect
from visit import this_visit

ADDRESS = os.environ.get("LAURELS_API", "http://127.0.0.1:8000").rstrip("/")
SITE = os.environ.get("LAURELS_SITE", ADDRESS).rstrip("/")
ICON = Path(__file__).parent / "icon.svg"  # Streamlit's own icons for tabs come from elsewhere


def main() -> None:
    """Draw the page that fits: the door, or the chat. What goes wrong is told, with what to do."""
    st.set_page_config(page_title="The pot · Laurels", page_icon=str(ICON))
    visit = this_visit()
    try:
        with connect(ADDRESS, visit.tokens) as laurels:
            if visit.tokens is None:
                show_door(visit, laurels, ADDRESS)
            else:
                show_chat(visit, laurels, address=ADDRESS, site=SITE)
    except SessionEnded:
        visit.leave("Your session has ended. Sign in again.")
        st.rerun()
    except Unreachable:
        unknown = " Whether your message was paid isn't known; trying again pays it only once." if visit.outgoing else ""
        st.error(f"Laurels can't be reached at {ADDRESS}. Try again in a moment.{unknown}")
        st.button("Try again", on_click=visit.try_again)
    except Refused as refused:
        st.error(str(refused))
        st.button("Try again")


main()
