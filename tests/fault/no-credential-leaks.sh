#!/bin/bash
# No credential is ever in a log, an argv, another host's request, a file that others can read, or an artifact: push, pull and
# copy between hosts with different passwords, blobs at a third place, a foreign realm, refusals, a killed push, --debug.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
. "$SOURCE/tests/fault/kill.sh"
umask 022
make_layout "$t/model" 8 1
watch_processes "$t/argv"
see() { # EXIT COMMAND...
  run "$@" --debug --retries 1
  cat "$t/out" "$t/err" >>"$t/seen"
}

start_fake presigned "dir=$rig/shared"
third=$registry
start_fake bearer=carol:the-word-of-carol
realm=http://$registry/token
start_fake bearer "realm=$realm"
foreign=$registry
sign_in carol the-word-of-carol
start_fake basic=bob:the-word-of-bob keeps up-rate=4000000 "PUT;manifests;1;403;body=Authorization: Basic $(printf bob:the-word-of-bob | base64) is not enough"
bob=$registry
sign_in bob the-word-of-bob
start_fake bearer=alice:the-word-of-alice token-life=1 "dir=$rig/shared" "redirects=http://$third" 'PUT|PATCH;uploads;1;rst;after=900000'
alice=$registry
sign_in alice the-word-of-alice

see 0 aiops push "oci:$t/model:1" "$alice/m:1"
see 0 aiops pull "$alice/m:1" -t m:1
see 0 aiops push m:1 "$foreign/m:1"
registry=$bob
kill_at 2000000 received aiops push m:1 "$bob/m:1" --debug
cat "$t/killed.err" >>"$t/seen"
find "$HOME" "$XDG_DATA_HOME" "$XDG_STATE_HOME" "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME" -type f -perm /077 >"$t/readable" 2>/dev/null || true
see 4 aiops copy "$alice/m:1" "$bob/m:1"
see 0 aiops copy "$alice/m:1" "$bob/m:1"
printf 'a-word-that-is-wrong' >"$t/wrong"
secret a-word-that-is-wrong word-in-the-url
see 4 bash -c "aiops login $alice -u alice --password-stdin \"\$@\" <$t/wrong" login
start_fake 'GET;.;1;302;Location=http://user:word-in-the-url@localhost:1/x'
see 1 aiops pull "$registry/m:1" -d "$t/files"
grep -q 'presigned\|?…' "$t/seen" || fail "the log shows no request"
grep -q 'aiops push' "$t/argv" || fail "no process was seen"
xargs -d '\n' cat <"$t/readable" >"$t/readable.text"
no_leaks "$t/seen" "$t/argv" "$t/readable.text" "$t/model" "$rig/shared/m"
