"""Which plan a session works on is kept while it looks at other pages."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st  # noqa: PLC0415  (this function is a script of its own)

    from gridplan.ui.plans import chosen  # noqa: PLC0415  (this function is a script of its own)

    if st.session_state.get("elsewhere"):
        st.write("another page")
    else:
        st.write(f"plan {chosen('plan', '方案', {1: 'new', 2: 'old'})}")


def test_another_page_is_no_reason_to_turn_to_another_plan() -> None:
    app = AppTest.from_function(script).run()
    assert app.markdown[0].value == "plan 1"
    app.selectbox(key="chosen-plan").set_value(2).run()
    app.session_state["elsewhere"] = True
    app.query_params.clear()  # the sidebar's links carry none
    app.run()
    app.session_state["elsewhere"] = False
    app.run()
    assert app.markdown[0].value == "plan 2"
