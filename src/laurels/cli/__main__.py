"""`python -m laurels.cli`: the command line where no script is installed."""

from laurels.cli.app import main

if __name__ == "__main__":
    main()
