# SPDX-License-Identifier: Apache-2.0
"""Who may do what: nobody asked, Basic, or bearer tokens from a realm of our own at /token.

A token says for which registry, until when and for what it is good, and is signed with a key that all fakes share: one fake
can be the realm of another."""
import base64
import hmac
import json
import re
import time
import urllib.parse
import uuid

from fake.blobs import KEY, error
from fake.wire import Response


def sign(text):
    return hmac.new(KEY, text.encode(), "sha256").hexdigest()[:32]


class Access:
    def __init__(self, options, secrets, records, port):
        self.options, self.secrets, self.records, self.port = options, secrets, records, str(port)
        self.kind = next((kind for kind in ("basic", "bearer") if kind in options), None)
        self.account = options.get(self.kind) if self.kind else None
        secrets.add_account(self.account)
        for kind in ("refresh", "granted-refresh"):
            if kind in options:
                secrets.add("token", options[kind])

    def watch(self, request):
        """Notes a secret of another host, or any credential where nobody asked for one."""
        form = f"{request.method} {request.path}"
        if owner := self.secrets.foreign_in(request.text):
            self.records.leak(f"{form}: a secret of the host at port {owner}")
        elif "authorization" in request.headers and not self.kind:
            self.records.leak(f"{form}: credentials where nobody asked for them")

    def refusal(self, request, name):
        """The 401 that this request deserves, or nothing."""
        given = request.headers.get("authorization", "")
        if not self.kind or request.path == "/token":
            return None
        if self.kind == "basic":
            good = bool(given) if self.account is True else given == "Basic " + base64.b64encode(self.account.encode()).decode()
            return None if good else self._challenge('Basic realm="fake"', request)
        scope = self._scope(request, name)
        problem = self._problem(given, scope)
        if problem is None and "insufficient" not in self.options:
            return None
        realm = self.options.get("realm", f"http{'s' * ('tls' in self.options)}://{request.host}/token")
        text = f'Bearer realm="{realm}",service="{self.port}"' + (f',scope="{scope}"' if scope else "")
        problem = problem if problem is not None else "insufficient_scope"
        return self._challenge(text + (f',error="{problem}"' if problem else ""), request)

    def _challenge(self, text, request):
        if "no-challenge" in self.options and request.path != "/v2/":
            return error(401, "UNAUTHORIZED")
        text = self.options.get("challenge", "{}").replace("{}", text)
        return error(401, "UNAUTHORIZED", headers={"WWW-Authenticate": text})

    @staticmethod
    def _scope(request, name):
        if not name:
            return ""
        actions = {"GET": "pull", "HEAD": "pull", "DELETE": "delete"}.get(request.method, "pull,push")
        source = request.query.get("from")
        return f"repository:{name}:{actions}" + (f" repository:{source}:pull" if source else "")

    def _problem(self, given, scope):
        """None when the token will do, else the error that a registry names ("" when there is no token)."""
        if not given.startswith("Bearer "):
            return ""
        claims = self._claims(given[7:])
        if not claims or claims["service"] != self.port or claims["until"] < time.time():
            return "invalid_token"
        needed = {(name, action) for name, actions in re.findall(r"repository:(\S+):(\S+)", scope) for action in actions.split(",")}
        return None if needed <= {tuple(pair) for pair in claims["access"]} else "insufficient_scope"

    @staticmethod
    def _claims(token):
        text, _, signature = token.partition(".")
        return json.loads(base64.urlsafe_b64decode(text)) if signature == sign(text) else None

    def serve_token(self, request):
        form = dict(request.query)
        scopes, user = re.findall(r"(?:^|&)scope=([^&]*)", request.raw_query), None
        if request.method == "POST":
            body = request.whole_body().decode()
            form, scopes = dict(urllib.parse.parse_qsl(body)), re.findall(r"(?:^|&)scope=([^&]*)", body)
            if owner := self.secrets.foreign_in(urllib.parse.unquote_plus(body)):
                self.records.leak(f"POST /token: a secret of the host at port {owner}")
            if form.get("refresh_token") not in (self.options.get("refresh"), self.options.get("granted-refresh")):
                return Response(401, {"Content-Type": "application/json"}, '{"error":"invalid_grant"}')
            user = "somebody"
        elif given := request.headers.get("authorization"):
            if self.account is not True and given != "Basic " + base64.b64encode(self.account.encode()).decode():
                return error(401, "UNAUTHORIZED", headers={"WWW-Authenticate": 'Basic realm="fake"'})
            user = "somebody"
        elif "no-anonymous" in self.options:
            return error(401, "UNAUTHORIZED")
        return self._grant(form.get("service", ""), urllib.parse.unquote_plus(" ".join(scopes)), user)

    def _grant(self, service, scope, user):
        allowed = {"pull", "push", "delete"} if user else {"pull"} & ({"pull"} if "anonymous" in self.options else set())
        asked = [(name, action) for name, actions in re.findall(r"repository:(\S+):(\S+)", scope) for action in actions.split(",")]
        life = float(self.options.get("token-life", 300))
        claims = {"service": service, "until": time.time() + life, "access": [pair for pair in asked if pair[1] in allowed],
                  "id": uuid.uuid4().hex}
        text = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
        token = f"{text}.{sign(text)}"
        self.secrets.add("token", token, service)
        answer = {self.options.get("token-field", "token"): token}
        announced = self.options.get("expires-in", str(int(life)))
        if announced != "absent":
            answer["expires_in"] = json.loads(announced)
        if "issued-at" in self.options:
            answer["issued_at"] = self.options["issued-at"]
        if "granted-refresh" in self.options:
            answer["refresh_token"] = self.options["granted-refresh"]
        return Response(200, {"Content-Type": "application/json"}, json.dumps(answer))
