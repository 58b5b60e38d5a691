"""Run the whole suite under coverage, hold the coverage to its limits, and end with pytest's own closing line.

Used by `make test`; arguments go on to pytest. Lines and branches count, in
this process, in the servers that tests start, and in pytest-xdist's workers.
"""

import os
from pathlib import Path
import re
import subprocess
import sys

ROOT = Path(__file__).parents[1]
MEASURED = ROOT / "build" / "coverage"
LIMITS = (
    ("everything", "src/laurels/*", 90),
    ("ledger, decisions and rules", "src/laurels/ledger/*,*/decisions.py,*/decisions/*,*/rules.py,*/rules/*", 100),
)


def main(arguments: list[str]) -> int:
    """Run, measure, judge. The exit status is pytest's, or 1 where too little is covered."""
    MEASURED.mkdir(parents=True, exist_ok=True)
    for left in MEASURED.glob("data*"):
        left.unlink()
    status, closing = run_tests(arguments)
    run_coverage("combine", "--quiet")
    for what, files, least in LIMITS:
        covered = run_coverage("report", f"--include={files}", f"--fail-under={least}")
        print(f"coverage of {what}: at least {least}% of lines and branches {'is there' if covered else 'IS MISSING, see above'}")
        status = status or (0 if covered else 1)
    print(closing, flush=True)
    return status


def run_tests(arguments: list[str]) -> tuple[int, str]:
    """Run pytest and pass on what it prints; gives its status and its last line."""
    color = ["--color=yes"] if sys.stdout.isatty() else []
    # Where Python is told to keep no compiled files, each of the hundred processes of the run would compile everything anew.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "coverage", "run", "-m", "pytest", *color, *arguments]
    closing = "pytest printed nothing"
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if re.search(r"\b(passed|failed|errors?|no tests ran)\b.* in [\d.]+s", line):
                closing = line.rstrip("\n")
    return process.returncode, closing


def run_coverage(*arguments: str) -> bool:
    """One command of coverage.py; gives whether it ended well."""
    return subprocess.run([sys.executable, "-m", "coverage", *arguments], cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
