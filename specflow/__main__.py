"""`python -m specflow`: the same as the `specflow` command."""

from specflow.cli.main import run

if __name__ == "__main__":
    run()
