"""`python -m interview_site.supervisor [--demo]`: the same as `manage.py run_site`."""

import sys

from interview_site.supervisor.run import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
