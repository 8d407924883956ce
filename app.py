"""The application: ``streamlit run app.py -- [AREA]``."""

if __name__ == "__main__":  # the solver's processes import this file too, and need no page
    from gridplan.ui.pages import main

    main()
