#!/bin/bash
# G6: 401, 413 or 429 while the body is still being sent. The answer is read, not reported as a broken pipe.
. "$(dirname "$0")/lib-push.sh"
flags=(-v)
push 0 'PUT;uploads;1;early-429;Retry-After=0.2s'
push 4 'PUT;uploads;*;early-401;WWW-Authenticate=Basic realm="x"'
err_has 'asks for (other )?credentials'
push 0 'PUT;uploads;1;early-503'
push 1 'PUT|PATCH;uploads;*;early-413;body=<html>too large</html>'
err_has 'limits bodies \(413\).*too large'
! grep -qi 'broken pipe\|reset' "$t/err" || fail "the connection is blamed: $(cat "$t/err")"
