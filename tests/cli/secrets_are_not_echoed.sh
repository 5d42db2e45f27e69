# A passphrase is asked for without echo; SIGINT there restores the terminal and exits 130; without a terminal nobody is
# asked, and the message says what to do.
. "$(dirname "$0")/../lib.sh"
needs python3
cd "$t"
run 2 aiops key generate --out none
err_has 'not a terminal'; err_has '^  try: '
[ ! -e none.key ] || fail "made a key nobody asked for"
python3 - <<'P'
import os, pty, select, signal, termios, time

def start(*words):
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp("aiops", ["aiops", *words])
    return pid, fd

def read_until(fd, text, seconds=20):
    seen, end = "", time.time() + seconds
    while text not in seen and time.time() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                seen += os.read(fd, 4096).decode()
            except OSError:
                break
    return seen

echoes = lambda fd: bool(termios.tcgetattr(fd)[3] & termios.ECHO)

pid, fd = start("key", "generate", "--out", "asked")
assert ": " in read_until(fd, ": ") and not echoes(fd), "the terminal echoes"
os.write(fd, b"correct horse\n")
seen = read_until(fd, ": ")
os.write(fd, b"correct horse\n")
seen += read_until(fd, "asked.pub")
assert "horse" not in seen, seen
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0 and os.path.exists("asked.key")

for wait in (0, 0.001, 0.01, 0.1):  # before, while and after it begins to read
    pid, fd = start("key", "generate", "--out", "stopped")
    read_until(fd, ": ")
    time.sleep(wait)
    os.kill(pid, signal.SIGINT)
    read_until(fd, "interrupted")
    assert echoes(fd), "the terminal was left silent"
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130 and not os.path.exists("stopped.key")
P
