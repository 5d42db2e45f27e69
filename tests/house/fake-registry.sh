# The scripted registry of tests/rig does what its manual says: sessions of both kinds, ranges, limits, links, tokens, counters.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/rig.sh"
needs curl
head -c 3000000 /dev/urandom >"$t/blob"
blob=sha256:$(sha256sum <"$t/blob" | cut -d' ' -f1)
ask() { curl -s -m 20 -H Expect: -o "$t/body" -D "$t/head" -w '%{http_code}' "$@" || true; }
is() { [ "$2" = "$3" ] || fail "$1: $2, wanted $3: $(cat "$t/head" "$t/body")"; }
field() { sed -n "s/^$1: //Ip" "$t/head" | tr -d '\r' | tail -1; }
begin() { is POST "$(ask -X POST "http://$registry/v2/m/blobs/uploads/")" 202; place=$(field location); }
upload() { begin; is PUT "$(ask -T "$t/blob" "$place&digest=$blob")" 201; }
get() { ask "$@" "http://$registry/v2/m/blobs/$blob"; }

start_fake keeps 'PUT;uploads;1;rst;after=1000000' min-chunk=1Ti
begin
is min-chunk "$(field oci-chunk-min-length)" 1Ti
is 'cut PUT' "$(ask -T "$t/blob" "$place&digest=$blob")" 000
is kept "$(ask "${place%%\?*}")" 204
is kept "$(field range)" 0-999999
tail -c +1000001 "$t/blob" >"$t/rest"
is offset "$(ask -X PATCH -H 'Content-Range: 5-9' --data-binary 12345 "$place")" 416
is rest "$(ask -X PUT -H 'Content-Range: 1000000-2999999' --data-binary "@$t/rest" "$place&digest=$blob")" 201
is received "$(counted received)" 3000005
is first "$(get -r 0-9)/$(field content-range)" '206/bytes 0-9/3000000'
cmp -n 10 "$t/body" "$t/blob"
is beyond "$(get -r 3000000-)" 416
is mount "$(ask -X POST "http://$registry/v2/n/blobs/uploads/?mount=$blob&from=m")" 201
is sent "$(counted blobs "$blob" sent)" 43 # with the words of the 416

start_fake put-limit=1000000:nginx 'GET;blobs/sha256;1+1;429;Retry-After={date+5}' 'POST;uploads;2%3;503' 'PATCH;.;1;fin;after=5' tags-page=1
is busy "$(ask -X POST "http://$registry/v2/m/blobs/uploads/")" 503
is busy "$(ask -X POST "http://$registry/v2/m/blobs/uploads/")" 503
begin
is limit "$(ask -T "$t/blob" "$place&digest=$blob")" 413
grep -q nginx "$t/body" || fail "no page of nginx"
is 'cut PATCH' "$(ask -X PATCH --data-binary 1234567890 "$place")" 000
is 'dead session' "$(ask "$place")" 404
grep -q BLOB_UPLOAD_INVALID "$t/body" || fail "it does not say so"
is first "$(get)" 404
is second "$(get)" 429
[[ $(field retry-after) == *GMT ]] || fail "no date: $(field retry-after)"
change_fake 'GET;/v2/$;*;418;body=a teapot' closes=0
is change "$(ask "http://$registry/v2/")" 418

start_fake presigned link-uses=1
store=$registry
start_fake keeps bearer=alice:s3cret-word "redirects=http://$store" "dir=$registry_dir" token-life=1 anonymous
is nobody "$(get)" 401
token() { curl -s "http://$registry/token?service=${registry##*:}&scope=repository:m:pull,push" "$@" | sed 's/.*"token": "\([^"]*\)".*/\1/'; }
alice=$(token -u alice:s3cret-word)
is token "$(ask -X POST -H "Authorization: Bearer $alice" "http://$registry/v2/m/blobs/uploads/")" 202
is token "$(ask -H "Authorization: Bearer $alice" -T "$t/blob" "$(field location)&digest=$blob")" 201
is anonymous "$(ask -X POST -H "Authorization: Bearer $(token)" "http://$registry/v2/m/blobs/uploads/")" 401
[[ $(field www-authenticate) == *insufficient_scope* ]] || fail "no insufficient_scope"
is redirect "$(get -H "Authorization: Bearer $(token)")" 307
link=$(field location)
is link "$(ask "$link")" 200
cmp "$t/body" "$t/blob"
is expired "$(ask "$link")" 403
sleep 1.1
is dead "$(get -H "Authorization: Bearer $alice")" 401
no_leaks "$t/blob"
ask -H "Authorization: Bearer $alice" "$link" >/dev/null
! (no_leaks "$t/blob") 2>/dev/null || fail "a token at another host is not noticed"
