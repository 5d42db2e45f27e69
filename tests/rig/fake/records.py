# SPDX-License-Identifier: Apache-2.0
"""What went over the wire, and whether a secret went where it does not belong."""
import base64
import collections
import os
import threading

from fake.wire import say


class Records:
    def __init__(self, options):
        self.lock = threading.Lock()
        self.totals = collections.Counter(received=0, sent=0)
        self.requests, self.blobs = collections.Counter(), collections.defaultdict(collections.Counter)
        self.connections = collections.Counter(now=0, most=0, total=0)
        self.cuts, self.leaks, self.cut_every = 0, [], int(options.get("cut-every", 0))
        self.next_cut = self.cut_every

    def meter(self, direction, digest):
        """A function that counts bytes of one body, and says whether this is the place for a cut of `cut-every`."""
        def note(size):
            with self.lock:
                self.totals[direction] += size
                if digest:
                    self.blobs[digest][direction] += size
                due = self.cut_every and self.totals["received"] + self.totals["sent"] >= self.next_cut
                if due:
                    self.next_cut += self.cut_every
                    self.cuts += 1
                return due
        return note

    def connected(self, change):
        with self.lock:
            self.connections["now"] += change
            self.connections["total"] += max(change, 0)
            self.connections["most"] = max(self.connections["most"], self.connections["now"])

    def request(self, kind):
        with self.lock:
            self.requests[kind] += 1

    def leak(self, text):
        with self.lock:
            self.leaks.append(text)
        say("LEAK", text)

    def as_json(self):
        with self.lock:
            return {**self.totals, "requests": dict(self.requests), "connections": dict(self.connections), "cuts": self.cuts,
                    "blobs": {digest: dict(bytes) for digest, bytes in self.blobs.items()}, "leaks": list(self.leaks)}


class Secrets:
    """The secrets of all fakes of a test, in one file that they share: a line is KIND OWNER TEXT, the owner a port."""

    def __init__(self, path, owner):
        self.path, self.owner, self.own, self.read_size, self.foreign = path, owner, set(), 0, []

    def add(self, kind, text, owner=None):
        if (owner or self.owner) == self.owner:
            self.own.add(text)
        if self.path:
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(f"{kind} {owner or self.owner} {text}\n")

    def add_account(self, account):
        if isinstance(account, str):
            self.add("password", account.partition(":")[2])
            self.add("password", base64.b64encode(account.encode()).decode())

    def foreign_in(self, text):
        """The owner of a password or token in `text` that is another host's, or nothing."""
        if self.path and os.path.exists(self.path) and os.path.getsize(self.path) != self.read_size:
            with open(self.path, encoding="utf-8") as file:
                lines = file.read()
            self.read_size = len(lines.encode())
            words = [line.split(" ", 2) for line in lines.splitlines()]
            self.foreign = [(owner, word) for kind, owner, word in words
                            if kind in ("password", "token") and owner != self.owner and word not in self.own]
        return next((owner for owner, word in self.foreign if word in text and word not in self.own), None)
