# A file that may not be read is named, with exit code 4. Root reads everything, so root becomes nobody first.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
make_model "$t/m"
as=()
if [ "$(id -u)" = 0 ]; then
  needs setpriv
  chmod 755 "$t"; chown -R 65534:65534 "$t/m" "$HOME"; mkdir -p "$t/data"; chown 65534 "$t/data"
  as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  "${as[@]}" "$AIOPS" --version >/dev/null 2>&1 || skip "another user cannot run $AIOPS here"
fi
chmod 000 "$t/m/config.json"
run 4 "${as[@]}" "$AIOPS" pack "$t/m" -t x:1; out_empty; err_has 'm/config.json: Permission denied'
chmod 644 "$t/m/config.json"
chmod 555 "$t/data"
run 4 "${as[@]}" "$AIOPS" pack "$t/m" -t x:1; err_has "$t/data.*: Permission denied"
chmod 755 "$t/data"
run 0 "${as[@]}" "$AIOPS" pack "$t/m" -t x:1
