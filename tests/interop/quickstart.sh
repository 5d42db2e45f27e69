# The quickstart, shortened, both ways: over a layout and over a real registry server. It fails by itself when the flipped
# byte is not refused; what it generates must come from the corpus' words.
. "$(dirname "$0")/../lib.sh"
needs bible docker-registry
for way in '' --registry; do
  # shellcheck disable=SC2086 # no argument at all when empty
  AIOPS_QUICKSTART_DIR=$t/quickstart run 0 "$SOURCE/quickstart" --program "$AIOPS" --minutes 0.2 $way
  out_has '^verified|sha256:[0-9a-f]{64}'
  out_has 'exit code 3; files left in tampered/: 0'
  err_has 'aiops: .*does not match|digest'
done
