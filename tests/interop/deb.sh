# The Debian package holds what it should, names what it opens at run time, and its program runs where it is unpacked.
. "$(dirname "$0")/../lib.sh"
needs cpack dpkg dpkg-deb dpkg-shlibdeps readelf
run 0 cpack -G DEB --config "$BUILD/CPackConfig.cmake" -B "$t/cpack"
deb=$(find "$t/cpack" -maxdepth 1 -name '*.deb')
[ -f "$deb" ] || fail "cpack made no package: $(cat "$t/out")"
run 0 dpkg-deb --field "$deb" Package Depends
out_has '^Package: aiops$'
out_has '[ ,]libcurl4'
! grep -q openblas "$t/out" || fail "products are ours: $(cat "$t/out")"
for library in $(readelf -d "$AIOPS" | sed -nE 's/.*NEEDED.*\[(.*)\]/\1/p'); do  # whatever it is linked to, the package depends on
  owner=$(dpkg -S "*/$(dpkg-architecture -qDEB_HOST_MULTIARCH)/$library" 2>/dev/null | grep -v -- '-dev:' | head -n 1 | cut -d: -f1)
  grep -qF " ${owner:?nobody owns $library}" "$t/out" || fail "Depends lacks $owner: $(cat "$t/out")"
done
run 0 dpkg-deb --contents "$deb"
out_has ' \./usr/bin/aiops$'
out_has ' \./usr/share/doc/aiops/copyright$'
[ ! -f "$BUILD/libaiops_cuda.so" ] || out_has ' \./usr/lib/aiops/libaiops_cuda.so$'
if [ -d "$SOURCE/completions" ]; then
  out_has ' \./usr/share/bash-completion/completions/aiops$'
  out_has ' \./usr/share/zsh/vendor-completions/_aiops$'
  out_has ' \./usr/share/fish/vendor_completions.d/aiops.fish$'
fi
! grep -qE ' \./(usr/local|home|tmp|root)' "$t/out" || fail "a file in an odd place: $(cat "$t/out")"
run 0 dpkg -x "$deb" "$t/root"
run 0 "$t/root/usr/bin/aiops" --version
out_has '^aiops [0-9]+\.[0-9]+\.[0-9]+'
