# A cache of tokens that something has cut is told of and made anew; the run goes on to the bits of one that found it whole.
. "$(dirname "$0")/lib-train.sh"
for packing in stream documents; do
  sed "s/^data: {/&packing: $packing, /" train.yaml >c.yaml
  run 0 aiops train c.yaml --out $packing --set steps=4
  cp -r $packing $packing-whole
  run 0 aiops train c.yaml --out $packing-whole --set steps=6
  for damage in 'tokens 2000' 'tokens 0' 'tokens 2002' 'starts 0' 'starts 8' 'starts 12' 'starts absurd'; do
    read -r which size <<<"$damage"
    rm -rf run
    cp -r $packing run
    file=$(echo run/cache/*.$which)
    if [ "$size" = absurd ]; then
      printf '\377\377\377\377\377\377\377\177' | dd of="$file" conv=notrunc status=none
    else
      truncate -s "$size" "$file"
    fi
    run 0 aiops train c.yaml --out run --set steps=6
    err_has '^aiops: warning: passing over run/cache/[0-9a-f]+\.tokens: it is damaged; the data is tokenised again$'
    cmp run/model/model.safetensors $packing-whole/model/model.safetensors || fail "$packing, $damage: other bits"
    run 0 aiops train c.yaml --out run --set steps=7
    ! grep 'passing over' "$t/err" || fail "not made anew: $(cat "$t/err")"
  done
done
