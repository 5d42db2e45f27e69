#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A registry that misbehaves on request (Python's standard library, one thread a connection, blobs in files).

usage: fakeregistry.py [OPTION...] [RULE...]        tests call it by `start_fake OPTION... RULE...` (rig.sh)

It prints "PORT <number>" on stdout when it listens, and one line a request on stderr:
  METHOD TARGET STATUS [range=…] [content-range=…] [if-range=…] [authorized] [expects] [to=HOST] [proxied]
also "CUT <mode> METHOD TARGET" for each broken connection, "TLS <version> alpn=<protocol>" for each handshake, and "LEAK …"
when a credential of another host, or one that nobody asked for, arrives.

GET /_rig/counts answers with JSON: received and sent (bytes of bodies over the wire), requests by kind ("PUT uploads",
"GET blobs", "HEAD blobs", "GET token", …), blobs.<digest>.sent and .received, connections.now, .most and .total, cuts, leaks.
In a test: counted sent; counted requests 'PUT uploads'; counted blobs "$digest" sent.
PUT /_rig/change takes options and rules, one a line, for what comes then. In a test: change_fake OPTION-OR-RULE...

OPTIONS (NAME or NAME=VALUE; without any: a decent registry much like docker-registry 2.8)
 where it is
  dir=PATH            keeps blobs there (two fakes may share one)
  port=N listen=ADDR  else a free port of 127.0.0.1
  tls                 speaks TLS with the rig's certificate, for localhost and registry.test; aiops needs --tls-ca "$registry_ca"
  alpn=A,B            what it would speak over TLS, the first first
  client-ca=FILE      wants a client certificate of this authority
  proxy=HOST:PORT     is an HTTP proxy: CONNECT leads there whoever was asked for; absolute URLs it serves itself
 the wire
  rate=N up-rate=N    bytes per second of each connection, of answers and of request bodies
  cut-every=N         resets one connection whenever N more bytes of bodies went over the wire, all of them together
  closes=SECONDS      ends each connection that long after an answer, without saying so
  continue=HOW        100 Continue: never, twice, or 417
  warning=TEXT        Warning: 299 with every answer; may be given several times
 uploads
  keeps               a body that is cut leaves its bytes in the session, GET status needs no _state, a wrong offset is 416
                      (distribution 3, zot); else the cut kills the session and only the newest _state is known (2.8)
  wrong-offset=TEXT   … what that 416 says; {first} and {size} are filled in
  relative            relative Locations; location=TEMPLATE makes any: {scheme} {host} {name} {port} {path} {query}
  patch-status=N      what a PATCH answers: 201, 204
  put-status=N        what a closing PUT answers: 204, 200, 202
  no-patch-location   a PATCH answers without Location
  upload-range=HOW    the Range of answers: absent, stale, bytes (a prefix), minus-one, plus-one
  min-chunk=TEXT      OCI-Chunk-Min-Length
  put-limit=SIZE:HOW  refuses larger bodies before reading them: ghcr (416), nginx (413 HTML), or a status such as 524
  patch-limit=…       the same for PATCH
  single-post         POST ?digest= with the blob works (2.8 drops it)
 blobs
  ranges=HOW          all (default), single (no suffix, no multipart), none (200 to every Range, no Accept-Ranges)
  no-accept-ranges no-etag
  digest-header=HOW   Docker-Content-Digest: right, wrong, absent, sha512
  redirects=URL       GET of a blob is sent to URL with a signed link; redirect-status=N, link-life=SECONDS
  presigned           only signed links get a blob, and no Authorization; link-uses=N: a link is good for N requests
 manifests
  checks-blobs        MANIFEST_BLOB_UNKNOWN for what is missing
  oci-tag=N           honours N of the ?tag= of a PUT by digest, and says so in OCI-Tag
  immutable=STATUS    refuses a tag that exists with TAG_INVALID
  artifacts=STATUS    refuses artifacts with MANIFEST_INVALID
  repositories=A,B    others are NAME_UNKNOWN
  no-sha512
  no-delete           405 for every DELETE of a manifest, a tag or a blob; no-tag-delete: 400 for a tag, as 2.8
  tags-page=N         pages of N tags with Link; absolute-links, tags-repeat (ignores last: the same page for ever)
  referrers[=paged]   has the API and sends OCI-Subject; lists everything twice, without artifactType, or one a page
  filters             … with artifactType, once, filtered and OCI-Filters-Applied; no-oci-subject
 access
  basic[=USER:PASSWORD]     Basic; without an account any will do
  bearer[=USER:PASSWORD]    tokens of its own realm, /token
  anonymous           … nobody in particular may pull; no-anonymous: a realm that answers 401 to nobody
  realm=URL           another realm; a fake can be that: bearer=… and http://localhost:PORT/token
  token-life=SECONDS  expires-in=JSON (or absent; else the truth), issued-at=TEXT, token-field=access_token
  refresh=TEXT        an identity token that POST /token trades for a token
  granted-refresh=TEXT  every answer of the realm carries this refresh_token
  insufficient        no token ever suffices
  challenge=TEXT      WWW-Authenticate, {} is the right one; no-challenge: only /v2/ says how to ask
  secrets=FILE        where all fakes of a test write down what must not be seen (rig.sh: no_leaks)

RULES: METHOD;REGEX;TIMES;ACTION[;NAME=VALUE...]   the first that fits a request and has its turn decides; \\; is a semicolon
METHOD is a name, A|B or *; REGEX is searched in path and query; TIMES is N, *, SKIP+N, or either with %PERIOD (0+3%10: three
in ten). {host}, {date+N} and {epoch+N} are filled in in values, N in seconds from now: Retry-After={date+2}.
 instead of what was asked
  STATUS              reads the request and answers with it; other NAME=VALUE are header fields, body=TEXT or body=@FILE
  early-STATUS        answers while the body is still coming (after 64 KiB; at once if the client expects 100), then closes
  html                200 and a page of HTML
  endless             200 and a body without end
 instead of the answer
  then-STATUS         does what was asked and answers with STATUS all the same
  vanish              does what was asked and closes without an answer
  lose                takes a blob, says 201, and does not keep it
 on the wire          after=N bytes of the body (of the request if it has one, else of the answer; side=up|down)
  rst fin stall       resets, ends in an orderly way, or goes silent; with after=0 and no request body there is no answer at all
  trickle             rate=N bytes a second from there on
 with the answer
  flip                one bit of the body changed
  short long empty    half of the body as if it were whole; more than promised; 200 with nothing
  no-length chunked   the body ends with the connection; in chunks
  gzip                Content-Encoding: gzip, as a meddling proxy
  range-start range-total range-multipart range-ignored    lies in a 206, or answers 200
  serve               does as asked (with wait=…, or header fields to replace)
 wait=SECONDS delays the answer of every action but early.

EXAMPLES
  start_fake keeps 'PUT|PATCH;uploads;1;rst;after=5000000'          # one cut upload, resumable
  start_fake 'GET;blobs/sha256;2;503;Retry-After={date+1}' rate=20000000
  start_fake presigned link-uses=1; store=$registry; start_fake bearer=alice:s3cret-word "redirects=http://$store"
"""
import re
import sys
import tempfile

sys.dont_write_bytecode = True  # the source tree stays as it is
from fake.server import Server  # noqa: E402  pylint: disable=wrong-import-position


def parse(arguments):
    """({option: value, or True}, [rule]); `warning` is a list. What the manual does not name is refused."""
    rules = [argument for argument in arguments if re.match(r"[A-Z|*]+;", argument)]
    known = set(re.findall(r"[a-z0-9-]+", __doc__.partition("OPTIONS")[2].partition("RULES")[0]))
    options = {}
    for argument in arguments:
        if argument in rules:
            continue
        name, equals, value = argument.partition("=")
        if name not in known:
            sys.exit(f"fakeregistry.py: no option is called {name}")
        if name == "warning":
            options.setdefault(name, []).append(value)
        else:
            options[name] = value if equals else True
    return options, rules


def main():
    if not any(argument.startswith("dir=") for argument in sys.argv):
        sys.argv.append("dir=" + tempfile.mkdtemp(prefix="fake-registry-"))
    server = Server(sys.argv[1:], parse)
    print("PORT", server.port, flush=True)
    server.run()


main()
