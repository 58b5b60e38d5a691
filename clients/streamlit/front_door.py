"""Signing in and registering."""

import streamlit as st

from laurels_api import Laurels, Refused, connect
from visit import Visit


def show_door(visit: Visit, laurels: Laurels, address: str) -> None:
    """Let a visitor in, by their account or by a new one."""
    st.title("The pot")
    st.write("Chat with the bot for coins. Each message goes into the pot, and now and then one wins all of it.")
    if visit.notice:
        st.info(visit.notice)
    known, new = st.tabs(["Sign in", "Register"])
    with known, st.form("sign-in"):
        name = st.text_input("Username, email or student id", autocomplete="username")
        password = st.text_input("Password", type="password", autocomplete="current-password")
        if st.form_submit_button("Sign in", type="primary") and _are_given(name, password):
            _sign_in(visit, laurels, address, name, password)
    with new, st.form("register"):
        _show_registration(visit, laurels, address)


def _show_registration(visit: Visit, laurels: Laurels, address: str) -> None:
    student_id = st.text_input("Student id")
    email = st.text_input("Email", autocomplete="email")
    full_name = st.text_input("Full name (optional)", autocomplete="name")
    password = st.text_input("Choose a password", type="password", autocomplete="new-password")
    if not st.form_submit_button("Register", type="primary") or not _are_given(student_id, email, password):
        return
    try:
        said = laurels.register(student_id=student_id.strip(), email=email.strip(), password=password, full_name=full_name.strip())
    except Refused as refused:
        st.error(str(refused))
        return
    # The answer doesn't tell whether the address had an account already; signing in by this password does, to its owner alone.
    _sign_in(visit, laurels, address, email, password, said)


def _sign_in(visit: Visit, laurels: Laurels, address: str, name: str, password: str, if_not: str = "") -> None:
    try:
        tokens = laurels.sign_in(name.strip(), password)
        with connect(address, tokens) as signed_in:
            visit.enter(tokens, signed_in.me())
    except Refused as refused:
        st.error(if_not or str(refused))
        return
    st.rerun()


def _are_given(*fields: str) -> bool:
    if all(field.strip() for field in fields):
        return True
    st.error("Fill in every field that isn't optional.")
    return False
