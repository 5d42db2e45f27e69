"""readline.py LINE...: puts each LINE and a TAB through a real interactive bash; prints the lines as readline left them."""
import os
import pty
import re
import select
import sys
import time

SETUP = (
    "bind 'set show-all-if-ambiguous on'; bind 'set page-completions off'; bind 'set bell-style none'\n"
    '[ -n "$NO_BASH_COMPLETION" ] || source /usr/share/bash-completion/bash_completion; '
    "source \"$COMPLETIONS/aiops.bash\"; PS1='%% '; stty cols 200; echo RE''ADY\n"
)

pid, fd = pty.fork()
if pid == 0:
    os.environ.update(TERM="dumb", PS1="", INPUTRC="/dev/null", HISTFILE="")
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])


def read(until, seconds):
    """What the terminal shows until a text comes, or nothing more is to be expected."""
    seen, end = "", time.time() + seconds
    while until not in seen and time.time() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                seen += os.read(fd, 65536).decode(errors="replace")
            except OSError:
                break
    return seen


os.write(fd, SETUP.encode())
read("READY\r\n", 20)
for line in sys.argv[1:]:
    # Readline handles keys in order, so the quoting of the line (C-a, C-e) waits for the completion to end.
    os.write(fd, line.encode() + b"\t\x01echo 'GOT[\x05]TOG'\n")
    screen = read("]TOG\r\n", 20)
    found = re.findall(r"^GOT\[(.*)\]TOG\s*$", screen, re.M)
    print(found[-1] if found else repr(screen))
